"""What the simulated ProvideX raises outside (COM errors) and inside (refusals)."""

E_EXCEPTION = -2147352567
"""DISP_E_EXCEPTION: ProvideX itself failed; its own text is in the third argument."""

E_TYPE_MISMATCH = -2147352571
"""DISP_E_TYPEMISMATCH: an argument of a type that the call does not take."""

E_WRONG_THREAD = -2147417842
"""RPC_E_WRONG_THREAD: the object belongs to the thread that created it."""

E_DISCONNECTED = -2147417848
"""RPC_E_DISCONNECTED: the object was dropped or its thread's COM use has ended."""

PROVIDEX_SCODE = -2147220991
SOURCE = "ProvideX.Script"


class ComError(Exception):
    """A COM call failed; the arguments are those of pywin32's `com_error`.

    Args:
        hresult: The COM status, a negative number.
        text: Windows' words for it.
        exc: (code, source, ProvideX's text, help file, help context, scode) or None.
        argerr: Position of the argument that was wrong, or None.
    """

    def __init__(  # noqa: PLR0917  the four of pywin32, in its order
        self,
        hresult: int,
        text: str,
        exc: tuple[int, str, str, None, int, int] | None = None,
        argerr: int | None = None,
    ) -> None:
        super().__init__(hresult, text, exc, argerr)
        self.hresult = hresult
        self.strerror = text
        self.excepinfo = exc
        self.argerror = argerr


class RefusedError(Exception):
    """Sage 100 says no: the call gives 0 and this text is the object's last error."""


def providex_error(number: int, text: str) -> ComError:
    """Return the COM error for a ProvideX run-time error such as 90.

    Args:
        number: ProvideX error number.
        text: What ProvideX says after the number.
    """
    detail = f"Error {number}: {text}"
    exc = (0, SOURCE, detail, None, 0, PROVIDEX_SCODE)
    return ComError(E_EXCEPTION, "Exception occurred.", exc)


def type_mismatch(argument: int) -> ComError:
    """Return the COM error for an argument of the wrong type, counted from 1."""
    return ComError(E_TYPE_MISMATCH, "Type mismatch.", None, argument)
