"""What is not done at somebody's service without leave."""

from tests.verification.judging import judged
from tests.verification.playing import playing


def test_no_good_token_goes_to_where_tokens_end() -> None:
    """A service that looks at nothing else would end it."""
    with playing() as played:
        known = played.environment("dapi")
        findings = judged(played, "dapi", destructive=False, hasty=True, environment=known)
        ending = [asked for asked in played.seen if asked.path.endswith("/DelinkUser")]
    harmless = {None, f"Bearer {known['DAPI_ACCESS_CODE']}"}
    assert {asked.headers.get("Authorization") for asked in ending} == harmless
    left = [each for each in findings.found if "DelinkUser" in each.id and each.detail]
    assert len(left) == 6
    assert all("give --destructive" in each.detail for each in left)
