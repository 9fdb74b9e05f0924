"""A call of the Sage agent: our key goes along, and the agent itself has to answer."""

from collections.abc import Callable
from http import HTTPStatus

from tieout.adapters.answers import Answer
from tieout.adapters.credentials import AgentSecret, Credentials, as_header
from tieout.adapters.sage_answers import check_agent


def called(
    send: Callable[[dict[str, str]], Answer], credentials: Credentials[AgentSecret]
) -> Answer:
    """The agent's answer to what `send` sends with these headers.

    The agent's own 401 proves that nothing was done, so a key that was changed is read anew and tried
    once more, with a write as well. Raises as `send`, `check_agent` and `Credentials` do.
    """
    answer = send(_header(credentials.current()))
    check_agent(answer)
    if answer.status == HTTPStatus.UNAUTHORIZED:
        answer = send(_header(credentials.refresh()))
        check_agent(answer)
    return answer


def _header(secret: AgentSecret) -> dict[str, str]:
    return {"Authorization": f"Bearer {as_header(secret.api_key, name='api_key')}"}
