from __future__ import annotations

import json
import zipfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from curation import imports, sources
from curation.imports import ColumnMapping, Terms
from storage import argilla_client
from tests import chromium
from tests.curation import sample_task
from tests.ui.test_server import serving

OUT = Path("/tmp/w/five")
CSV = (
    "title,Brand name,label,seller,teacher_v1\n"
    + "".join(
        f"Cast iron wok {n} cm with lid and wooden handle,Lodge,Cookware,shop {n % 3},Cookware\n"
        for n in range(40)
    )
    + "too,few\n"
)


def test_shots(house, tmp_path):
    sample_task.made(house)
    argilla_client.connect(house).create_user("olga", "a long password", "owner", [house.name])
    path = tmp_path / "listings.csv"
    path.write_text(CSV)
    z = tmp_path / "export.zip"
    with zipfile.ZipFile(z, "w") as a:
        a.writestr("2026/listings.csv", CSV)
        a.writestr("2026/sellers.csv", "x\n1\n")
        a.writestr("inner.zip", b"PK\x03\x04zz")
    talks = tmp_path / "talks.jsonl"
    talks.write_text(
        "".join(
            json.dumps(
                {
                    "messages": [
                        {"role": "system", "content": "You label shop listings."},
                        {"role": "user", "content": f"Label listing {n}"},
                        {"role": "assistant", "content": "Cookware"},
                    ]
                }
            )
            + "\n"
            for n in range(30)
        )
    )
    with serving(house) as url, sync_playwright() as pw:
        b = pw.chromium.launch(executable_path=chromium.executable(), args=chromium.ARGUMENTS)

        def ctx(scheme, w):
            c = b.new_context(viewport={"width": w, "height": 860 if w > 400 else 844}, color_scheme=scheme)
            p = c.new_page()
            p.set_default_timeout(120000)
            p.goto(url)
            p.fill("input[name=username]", "olga")
            p.fill("input[name=password]", "a long password")
            p.keyboard.press("Enter")
            p.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
            return p

        def ready(p):
            p.wait_for_timeout(800)
            p.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
            p.wait_for_timeout(800)

        wide = ctx("light", 1280)

        def go(p):
            p.goto(url + "/import")
            ready(p)

        go(wide)
        wide.screenshot(path=OUT / "sources-empty.png", full_page=True)
        mapping = ColumnMapping(
            inputs={"title": "title", "Brand name": "Brand name"}, gold="label", extras=("seller",)
        )
        imports.import_file(
            house,
            "shelf",
            path,
            mapping,
            source="listings.csv",
            imported_by="olga",
            terms=Terms(licence="own", origin="the shop", consent="no people in them"),
        )
        s1 = sources.save(house, "shelf", "Shop export", sources.located(str(path)), mapping, by="olga")
        path.write_text(CSV + "Pan,Lodge,Cookware,shop,Tea\n")
        sources.refresh(house, s1.source_id, "olga")
        sources.save(
            house,
            "shelf",
            "Listings of the Hub",
            sources.located("hf://datasets/ann/shelf"),
            mapping,
            by="olga",
        )
        s3 = sources.save(
            house, "shelf", "Old export", sources.located(str(tmp_path / "gone.csv")), mapping, by="olga"
        )
        try:
            sources.refresh(house, s3.source_id, "olga")
        except Exception:
            pass
        for scheme, w, name in (
            ("light", 1280, "light-1280"),
            ("dark", 1280, "dark-1280"),
            ("light", 390, "light-390"),
            ("dark", 390, "dark-390"),
        ):
            p = ctx(scheme, w)
            go(p)
            p.get_by_text("A file on this machine").click()
            ready(p)
            p.get_by_label("Path").fill(str(z))
            p.keyboard.press("Enter")
            ready(p)
            p.wait_for_selector("text=Which column")
            ready(p)
            p.set_viewport_size({"width": w, "height": 2600})
            ready(p)
            p.screenshot(path=OUT / f"sources-zip-{name}.png")
            if name == "light-1280":
                p.get_by_label("Path").fill(str(talks))
                p.keyboard.press("Enter")
                p.wait_for_selector("text=Recognised as")
                ready(p)
                p.screenshot(path=OUT / "sources-talks.png")
                p.get_by_text("An address").click()
                ready(p)
                p.get_by_label("Address").fill("https://host.example/listings.csv")
                p.keyboard.press("Enter")
                ready(p)
                p.get_by_text("1 rejected row").first.click()
                ready(p)
                p.locator("[class*='st-key-import-change'] button").first.click()
                ready(p)
                p.screenshot(path=OUT / "sources-address.png")
            p.context.close()
