"""The real Prometheus reads two real hubs, with the configuration of its how-to page."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.docs.page import sections
from tests.journeys.screens import PASSWORD
from tests.peers.program import find
from tests.peers.prometheus import Prometheus
from tests.peers.two_hubs import TwoHubs, until, value

pytestmark = pytest.mark.real

PAGE = "how-to/watch-with-prometheus.md"
FILES = {block.title: block.text for found in sections(PAGE) for block in found.blocks if block.language == "yaml"}


@pytest.fixture
def two(tmp_path: Path) -> Iterator[TwoHubs]:
    two = TwoHubs(tmp_path, listen="0.0.0.0")
    two.start()
    yield two
    two.stop()


def paired(two: TwoHubs, **terms: str) -> str:
    """The token of a program that was let in at home."""
    with two.home.api() as api:
        key = api.post("/api/people/pair_start", json=terms).json()["link"].rpartition("=")[2]
    with two.home.api("") as api:
        device = {"name": "Prometheus", "app": True}
        came = api.post("/api/door/pair/accept", json={"key": key, "device": device})
    assert came.is_success, came.text
    return str(came.json()["token"])


def found_household(two: TwoHubs) -> None:
    founding = {"name": "Anna", "password": PASSWORD, "device": {"name": "Anna's phone", "kind": "phone"}}
    with two.home.api("") as api:
        origin = {"Origin": str(api.base_url).rstrip("/")}
        came = api.post("/api/door/owner", json=founding, headers=origin)
    assert came.is_success, came.text


def test_prometheus_reads_both_sites_by_the_pages_configuration(two: TwoHubs, tmp_path: Path) -> None:
    found_household(two)
    link = two.home.cli("site", "invite", "--json").split('"link": "')[1].split('"')[0]
    two.car.cli("site", "join", link.replace("wayhome.local", "127.0.0.1", 1))
    until(lambda: value(two.home, "car/thing.online"))
    two.home.cli("do", "people.add", "name=Prometheus", "role=guest")
    two.home.cli("do", "people.grant", "to=person:prometheus", "sentence=act @op/upkeep.metrics")

    folder = tmp_path / "prometheus"
    folder.mkdir()
    (folder / "wayhome.token").write_text(paired(two, person="prometheus"))
    (folder / "wayhome.rules.yml").write_text(FILES["wayhome.rules.yml"])
    config = FILES["prometheus.yml"]
    for was, now in (
        ("/etc/prometheus/wayhome.token", str(folder / "wayhome.token")),
        ("/etc/prometheus/wayhome.pem", str(two.home.data / "ca.pem")),
        ("wayhome.local:8300", f"127.0.0.1:{two.home.port}"),
    ):
        assert was in config
        config = config.replace(was, now)
    (folder / "prometheus.yml").write_text("global: {scrape_interval: 1s, evaluation_interval: 1s}\n" + config)
    checked = subprocess.run([find("promtool"), "check", "config", "prometheus.yml"], cwd=folder, capture_output=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr

    watch = Prometheus(folder)
    watch.up()
    try:
        until(lambda: [one for _, one in watch.query('up{job="wayhome"}')] == [1.0], 45)
        assert [one for _, one in watch.query('wayhome_site_present{site="car"}')] == [1.0]
        assert watch.query('wayhome_links{state="connected"}')[0][1] == 1.0
        two.car.kill()
        until(lambda: watch.query('wayhome_site_present{site="car"}')[0][1] == 0.0, 45)
        two.home.cli("set", "car/Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature", "24", "--no-wait")
        until(lambda: watch.query("wayhome_site_wishes_waiting > 0"), 45)
        heard = watch.query("wayhome_site_heard_seconds")[0][1]
        until(lambda: watch.query("wayhome_site_heard_seconds")[0][1] > heard + 2, 45)
    finally:
        watch.stop()


RULES = """
rule_files: [wayhome.rules.yml]
evaluation_interval: 10m
tests:
  - interval: 10m
    input_series:
      - series: 'wayhome_site_present{job="wayhome", site="car"}'
        values: '1x10 0x600'
      - series: 'wayhome_site_present{job="car", site="van"}'  # two cars never talk with each other
        values: '0x610'
      - series: 'wayhome_site_heard_seconds{job="wayhome", site="car"}'  # until the home's hub was started anew
        values: '1x10 600+600x50 _x550'
    alert_rule_test:
      - {alertname: CarNotHeardForThreeDays, eval_time: 3d, exp_alerts: []}
      - {alertname: CarNotHeardForThreeDays, eval_time: 75h, exp_alerts: [{exp_labels: {job: wayhome, site: car}}]}
"""


def test_a_car_that_is_away_is_told_of_though_the_home_s_hub_was_started_anew_meanwhile(tmp_path: Path) -> None:
    (tmp_path / "wayhome.rules.yml").write_text(FILES["wayhome.rules.yml"])
    (tmp_path / "rules.test.yml").write_text(RULES)
    tested = subprocess.run([find("promtool"), "test", "rules", "rules.test.yml"], cwd=tmp_path, capture_output=True)
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_the_figures_are_for_owners_and_whom_they_allow_it(two: TwoHubs) -> None:
    found_household(two)
    two.home.cli("do", "people.add", "name=Mei", "role=member")
    two.home.cli("do", "people.add", "name=Noor", "role=guest")
    for token, status in (
        (None, 200),
        (paired(two, person="anna"), 200),
        (paired(two, person="mei"), 403),
        (paired(two, person="noor"), 403),
        ("", 401),
        ("wh_made_up", 401),
    ):
        with two.home.api(token) as api:
            for at in ("/metrics", "/api/upkeep/metrics"):
                answer = api.get(at)
                assert answer.status_code == status, f"{at}: {answer.text}"
                if status == 200:
                    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
                    assert len([*text_string_to_metric_families(answer.text)]) > 10
