"""A dataset of Argilla's made, filled and searched by plain HTTP, as any client of Argilla may."""

from __future__ import annotations

from typing import Any

import httpx

from tests.argilla_stand import ArgillaStand


class RawDataset:
    """One published dataset; records are named by their external id."""

    def __init__(
        self,
        stand: ArgillaStand,
        name: str,
        *,
        fields: dict[str, str],
        vectors: dict[str, int] | None = None,
        questions: dict[str, dict[str, Any]] | None = None,
        metadata: dict[str, str] | None = None,
        min_submitted: int = 1,
    ) -> None:
        self.http = httpx.Client(
            base_url=f"{stand.url}/api/v1", headers={"X-Argilla-Api-Key": stand.api_key}, timeout=60
        )
        workspace = stand.owner.ensure_workspace(stand.workspace)
        distribution = {"strategy": "overlap", "min_submitted": min_submitted}
        self.id = self.made(
            "/datasets", {"name": name, "workspace_id": workspace, "distribution": distribution}
        )["id"]
        for number, (field, kind) in enumerate(fields.items()):
            settings: dict[str, Any] = {"type": kind}
            if kind == "custom":
                settings |= {"template": "<p>{{record}}</p>", "advanced_mode": False}
            body = {"name": field, "title": field, "required": number == 0, "settings": settings}
            self.made(f"/datasets/{self.id}/fields", body)
        asked = questions or {"label": {"type": "label_selection", "options": _options("ab")}}
        self.questions = {
            question: self.made(
                f"/datasets/{self.id}/questions",
                {"name": question, "title": question, "required": number == 0, "settings": settings},
            )["id"]
            for number, (question, settings) in enumerate(asked.items())
        }
        for property_, kind in {"kind": "terms", **(metadata or {})}.items():
            body = {"name": property_, "title": property_, "settings": {"type": kind}}
            self.made(f"/datasets/{self.id}/metadata-properties", body | {"visible_for_annotators": True})
        for vector, dimensions in (vectors or {}).items():
            body = {"name": vector, "title": vector, "dimensions": dimensions}
            self.made(f"/datasets/{self.id}/vectors-settings", body)
        self.http.put(f"/datasets/{self.id}/publish").raise_for_status()

    def __enter__(self) -> RawDataset:
        return self

    def __exit__(self, *_: object) -> None:
        self.delete()

    def delete(self) -> None:
        self.http.delete(f"/datasets/{self.id}").raise_for_status()
        self.http.close()

    def made(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        reply = self.http.post(path, json=body)
        assert reply.is_success, reply.text
        made: dict[str, Any] = reply.json()
        return made

    def add(self, fields: dict[str, Any], *, name: str, **rest: Any) -> None:
        """Store one record. `suggestions` are by the name of their question."""
        suggested = rest.pop("suggestions", {})
        suggestions = [{"question_id": self.questions[each], **body} for each, body in suggested.items()]
        item = {"external_id": name, "fields": fields, "suggestions": suggestions, **rest}
        reply = self.http.put(f"/datasets/{self.id}/records/bulk", json={"items": [item]})
        assert reply.is_success, reply.text

    def remove(self, name: str) -> None:
        self.http.delete(f"/records/{self.record_id(name)}").raise_for_status()

    def record_id(self, name: str) -> str:
        scope = {"entity": "record", "property": "external_id"}
        (hit,) = self.hits({"filters": {"and": [{"type": "terms", "scope": scope, "values": [name]}]}})
        return str(hit["record"]["id"])

    def post(
        self,
        path: str,
        body: dict[str, Any],
        *,
        mine: bool = False,
        token: str | None = None,
        **parameters: Any,
    ) -> httpx.Response:
        """Ask as the owner, or by a token as somebody else."""
        whole = f"{'/me' if mine else ''}/datasets/{self.id}/{path}"
        if token is None:
            return self.http.post(whole, json=body, params=parameters)
        with httpx.Client(base_url=self.http.base_url, timeout=60) as theirs:
            headers = {"Authorization": f"Bearer {token}"}
            return theirs.post(whole, json=body, params=parameters, headers=headers)

    def hits(self, body: dict[str, Any], **how: Any) -> list[dict[str, Any]]:
        reply = self.post("records/search", body, **how)
        assert reply.status_code == 200, reply.text
        found: list[dict[str, Any]] = reply.json()["items"]
        return found

    def names(self, body: dict[str, Any], **how: Any) -> list[str]:
        return [str(hit["record"]["external_id"]) for hit in self.hits(body, **how)]

    def text(self, words: str, field: str | None = None) -> list[str]:
        return sorted(self.names({"query": {"text": {"q": words} | ({"field": field} if field else {})}}))

    def filtered(self, scope: dict[str, Any], *values: str, **how: Any) -> list[str]:
        given = {"type": "terms", "scope": scope, "values": list(values)}
        return sorted(self.names({"filters": {"and": [given]}}, **how))

    def similar(self, vector: str, most: int, text: str | None = None, **asked: Any) -> list[str]:
        query: dict[str, Any] = {"vector": {"name": vector, "max_results": most, **asked}}
        if text is not None:
            query["text"] = {"q": text}
        return self.names({"query": query})[:most]


def _options(values: str) -> list[dict[str, str]]:
    return [{"value": value, "text": value} for value in values]
