"""A call of eBusiness Web Services: our logon and the company go along, and the service itself answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from tieout.adapters.answers import Answer
from tieout.adapters.credentials import Credentials, LogonSecret
from tieout.adapters.ebws_faults import Meaning, meaning_of
from tieout.adapters.ebws_messages import Message, messages
from tieout.adapters.ebws_xml import Fault
from tieout.adapters.http import Https, Patience, check_url
from tieout.domain.identity import Company
from tieout.errors import RejectedError, SetupError
from tieout.settings import Connection

PEER = "eBusiness Web Services"
# Where the service is when the address names the server alone (Sage 100 reference: endpoint).
USUAL_PATH = "/eBusinessWebServices/MasBasicService.svc"
KIND = "text/xml; charset=utf-8"
COMPANY_CODE = 3
# An answer is larger than the request that made it, and one over 2 MB could never be read.
LARGEST_REQUEST = 1_000_000
_ANSWERED = frozenset({HTTPStatus.OK, HTTPStatus.INTERNAL_SERVER_ERROR})


@dataclass(frozen=True, slots=True)
class Reply:
    """What the service answered: its result element if it has one, or a fault."""

    answer: Answer
    result: Any = None
    fault: Fault | None = None

    @property
    def meaning(self) -> Meaning | None:
        """What the fault means; None when there is none."""
        return meaning_of(self.fault) if self.fault else None


class Service:
    """The service at one address."""

    def __init__(self, connection: Connection, *, patience: Patience) -> None:
        check_url(connection.url)
        parts = urlsplit(connection.url)
        self._path = parts.path.rstrip("/") or USUAL_PATH
        origin = replace(connection, url=f"{parts.scheme}://{parts.netloc}")
        self._https = Https(origin, peer=PEER, patience=patience)

    def close(self) -> None:
        """Close all connections."""
        self._https.close()

    def ask(self, operation: str, parameters: Mapping[str, Any]) -> Reply:
        """A question that changes nothing; raises as Https.ask and Messages do."""
        return self._call(operation, parameters, self._https.ask)

    def tell(self, operation: str, parameters: Mapping[str, Any]) -> Reply:
        """A write, sent once; raises as Https.write and Messages do.

        Raises:
            RejectedError: it is larger than could be read back.
        """
        return self._call(operation, parameters, self._write)

    def _write(self, path: str, *, headers: Mapping[str, str], body: bytes, kind: str) -> Answer:
        if len(body) > LARGEST_REQUEST:
            raise RejectedError(
                "The sales order is larger than could be read back from Sage.",
                next_action="Enter this order by hand, or split it in the storefront.",
                code="TooLarge",
            )
        return self._https.write(path, headers=headers, body=body, kind=kind, method="POST")

    def _call(
        self, operation: str, parameters: Mapping[str, Any], send: Callable[..., Answer]
    ) -> Reply:
        message: Message = messages().request(operation, parameters)
        headers = {"SOAPAction": message.action, "Accept": "text/xml"}
        answer = send(self._path, headers=headers, body=message.envelope, kind=KIND)
        if answer.status not in _ANSWERED:
            raise _not_the_service(answer)
        result = messages().result(answer, operation)
        if isinstance(result, Fault):
            return Reply(answer, fault=result)
        if answer.status != HTTPStatus.OK:
            raise answer.unusable(f"gave a result with the status {answer.status}")
        return Reply(answer, result)


class Client:
    """The service, asked in the name of our user, about one company."""

    def __init__(
        self, service: Service, company: Company, credentials: Credentials[LogonSecret]
    ) -> None:
        if len(company) != COMPANY_CODE:
            raise SetupError(f"“{company}” is no company code of three characters.")
        self._service = service
        self._company = company
        self._credentials = credentials

    def close(self) -> None:
        """Close all connections."""
        self._service.close()

    def ask(self, operation: str, **parameters: Any) -> Reply:
        """A question; raises as `Service.ask` does."""
        return self._with_logon(lambda logon: self._service.ask(operation, logon | parameters))

    def tell(self, operation: str, **parameters: Any) -> Reply:
        """A write; raises as `Service.tell` does."""
        return self._with_logon(lambda logon: self._service.tell(operation, logon | parameters))

    def _with_logon(self, call: Callable[[dict[str, Any]], Reply]) -> Reply:
        """A refused logon proves that nothing was done: a changed password is read anew, once.

        The same one isn't sent again: Sage can be set to lock a user out after a few wrong ones.
        """
        used = self._logon(self._credentials.current())
        reply = call(used)
        if reply.meaning is not Meaning.LOGON:
            return reply
        renewed = self._logon(self._credentials.refresh())
        return reply if renewed == used else call(renewed)

    def _logon(self, secret: LogonSecret) -> dict[str, Any]:
        if not (_is_told(secret.username) and _is_told(secret.password)):
            raise SetupError("The secret's username or password is empty or has odd characters.")
        logon = {"Username": secret.username, "Password": secret.password}
        return {"logon": logon, "companyCode": self._company}


def _is_told(text: str) -> bool:
    return bool(text) and text.isprintable()


def _not_the_service(answer: Answer) -> Exception:
    status = answer.status
    if answer.writing or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return answer.unusable(
            f"did not answer itself; its server said {status}", retry_after=answer.wait()
        )
    return SetupError(
        f"{PEER} is not there; its server said {status}: check the connection's url, which ends in "
        f"{USUAL_PATH}."
    )
