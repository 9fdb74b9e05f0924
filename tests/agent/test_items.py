from sandbox.sage100.tables_ci import CI_ITEM
from tests.agent.harness import RunningAgent, sku


def codes(agent: RunningAgent, **params: str) -> tuple[list[str], str | None]:
    page = agent.get("/ABC/CI/Item", **params).json()
    return [item["ItemCode"] for item in page["rows"]], page["next"]


def all_codes(agent: RunningAgent, limit: str) -> list[str]:
    found, following = codes(agent, limit=limit)
    while following is not None:
        more, following = codes(agent, limit=limit, after=following)
        found += more
    return found


def test_pages_together_are_every_item_once_in_order(agent: RunningAgent) -> None:
    paged = all_codes(agent, "97")

    whole, following = codes(agent, limit="2000")
    assert following is None
    assert paged == whole == sorted(set(whole))
    assert len(whole) > 500


def test_a_page_that_ends_on_the_last_item_says_so(agent: RunningAgent) -> None:
    whole, _ = codes(agent, limit="2000")

    last, following = codes(agent, after=whole[-2], limit="1")

    assert (last, following) == (whole[-1:], None)


def test_behind_the_last_item_there_is_nothing(agent: RunningAgent) -> None:
    whole, _ = codes(agent, limit="2000")

    assert codes(agent, after=whole[-1]) == ([], None)


def test_500_items_are_read_when_no_limit_is_given(agent: RunningAgent) -> None:
    found, following = codes(agent)

    assert len(found) == 500
    assert following == found[-1]


def test_an_item_has_its_columns_with_decimals_as_text(agent: RunningAgent) -> None:
    page = agent.get("/ABC/CI/Item", limit="2000").json()

    item = next(item for item in page["rows"] if item["ItemCode"] == sku(0))
    assert item["InactiveItem"] == "N"
    assert len(item["StandardUnitPrice"].partition(".")[2]) == 6
    assert page["asOf"].endswith("+00:00")


def test_only_items_changed_since_a_day_are_read(agent: RunningAgent) -> None:
    change(agent, sku(3), DateUpdated="20990101")

    assert codes(agent, changedSince="2098-12-31T00:00:00Z") == ([sku(3)], None)


def test_descriptions_that_hold_sages_separator_stay_whole(agent: RunningAgent) -> None:
    change(agent, sku(3), ItemCodeDesc="Škoda rack Š")

    page = agent.get("/ABC/CI/Item", limit="2000").json()
    item = next(item for item in page["rows"] if item["ItemCode"] == sku(3))
    assert item["ItemCodeDesc"] == "Škoda rack Š"


def test_an_item_code_that_could_break_out_of_the_key_range_is_harmless(
    agent: RunningAgent,
) -> None:
    answer = agent.get("/ABC/CI/Item", after='"+X$+"')

    assert answer.status_code == 200


def change(agent: RunningAgent, code: str, **values: str) -> None:
    store = agent.store()
    record = store.get(CI_ITEM, code) or {}
    store.put(CI_ITEM, record | values)
    store.close()
