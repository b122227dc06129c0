"""A double of the Hugging Face Hub's HTTP interface, as far as publishing and reading a dataset call it.

Run it as a script with a port file: it listens on the loopback and writes its port there. Files that end with
``.parquet`` are stored apart (LFS), the others in the commit, as the Hub does. ``GET /double`` tells what happened;
``POST /double/fail/N`` lets the N-th next changing request fail with 500.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

REPOS: dict[str, dict[str, Any]] = {}
STORED: dict[str, bytes] = {}
LOG: list[str] = []
FAIL = [0]


def blob_id(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class Double(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self, status: int, value: object = None, headers: dict[str, str] | None = None) -> None:
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        for name, own in (headers or {}).items():
            self.send_header(name, own)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def missing(self, code: str) -> None:
        self.answer(404, {"error": "not found"}, {"X-Error-Code": code, "X-Error-Message": "not found"})

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        path = unquote(url.path)
        if path == "/double":
            tags = {name: repo["tags"] for name, repo in REPOS.items()}
            commits = {name: len(repo["commits"]) for name, repo in REPOS.items()}
            self.answer(200, {"log": LOG, "tags": tags, "commits": commits})
            return
        if match := re.fullmatch(r"/stored/(\w+)", path):
            self.answer(200, STORED[match[1]])
            return
        if match := re.fullmatch(r"/datasets/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            self.resolve(*match.groups())
            return
        match = re.fullmatch(
            r"/api/datasets/([^/]+/[^/]+)(?:/(refs|tree|revision|commits)(?:/([^/]+))?(?:/(.*))?)?", path
        )
        if match is None or match[1] not in REPOS:
            self.missing("RepoNotFound")
            return
        repo = REPOS[match[1]]
        if match[2] == "refs":
            branches = [{"name": "main", "ref": "refs/heads/main", "targetCommit": repo["commits"][-1]["oid"]}]
            tags = [{"name": n, "ref": f"refs/tags/{n}", "targetCommit": c} for n, c in repo["tags"].items()]
            self.answer(200, {"branches": branches, "tags": tags, "converts": []})
            return
        commit = self.commit_of(repo, match[3] or "main")
        if commit is None:
            self.missing("RevisionNotFound")
            return
        if match[2] == "commits":  # huggingface_hub 0.30 asks when a folder was last changed
            told = {
                "id": commit["oid"],
                "title": "",
                "message": "",
                "authors": [],
                "date": "2024-05-01T00:00:00.000Z",
            }
            self.answer(200, [told])
            return
        if match[2] == "tree":
            deep = parse_qs(url.query).get("recursive", ["false"])[0].lower() == "true"
            self.answer(200, list(entries(commit["files"], match[4] or "", deep)))
            return
        siblings = [{"rfilename": name} for name in commit["files"]]
        self.answer(
            200,
            {"id": match[1], "_id": "1", "sha": commit["oid"], "private": repo["private"], "siblings": siblings},
        )

    do_HEAD = do_GET  # noqa: N815 - the base class calls it so

    def resolve(self, name: str, revision: str, path: str) -> None:
        commit = self.commit_of(REPOS[name], revision) if name in REPOS else None
        if commit is None or path not in commit["files"]:
            self.missing("EntryNotFound")
            return
        data = STORED[commit["files"][path]["sha256"]]
        etag = hashlib.sha256(data).hexdigest()
        self.answer(200, data, {"ETag": f'"{etag}"', "X-Repo-Commit": commit["oid"]})

    def commit_of(self, repo: dict[str, Any], revision: str) -> Any:
        if revision == "main":
            return repo["commits"][-1]
        wanted = repo["tags"].get(revision, revision)
        return next((commit for commit in repo["commits"] if commit["oid"] == wanted), None)

    def do_POST(self) -> None:
        path, data = unquote(urlsplit(self.path).path), self.body()
        if match := re.fullmatch(r"/double/fail/(\d+)", path):
            FAIL[0] = int(match[1])
            self.answer(200, {})
            return
        if path.endswith("/paths-info/main") or "/paths-info/" in path:
            match = re.fullmatch(r"/api/datasets/([^/]+/[^/]+)/paths-info/(.+)", path)
            assert match
            commit = self.commit_of(REPOS[match[1]], match[2])
            wanted = parse_qs(data.decode()).get("paths") or json.loads(data or b"{}").get("paths", [])
            self.answer(200, [e for e in entries(commit["files"], "", True) if e["path"] in wanted])
            return
        if path == "/api/validate-yaml":
            text = json.loads(data)["content"]
            wrong = [] if text.startswith("---\n") and "\nlicense: " in text else [{"message": "no license"}]
            self.answer(400 if wrong else 200, {"errors": wrong, "warnings": []})
            return
        if self.headers.get("Authorization") != "Bearer hf_secret":
            self.answer(401, {"error": "Invalid credentials"})
            return
        LOG.append(f"{self.command} {path}")
        if FAIL[0]:
            FAIL[0] -= 1
            if not FAIL[0]:
                self.answer(500, {"error": "broken"})
                return
        if path == "/api/repos/create":
            asked = json.loads(data)
            name = f"{asked['organization']}/{asked['name']}" if asked.get("organization") else asked["name"]
            if name in REPOS:
                self.answer(409, {"error": "exists", "url": f"/datasets/{name}"})
                return
            first = {"oid": "0" * 40, "files": {".gitattributes": store(b"*.parquet filter=lfs\n")}}
            private = asked.get("visibility") == "private" or asked.get("private", False)
            REPOS[name] = {"commits": [first], "tags": {}, "private": private}
            self.answer(200, {"url": f"{self.base}/datasets/{name}", "name": name, "id": name})
            return
        if match := re.fullmatch(r"/datasets/([^/]+/[^/]+)\.git/info/lfs/objects/batch", path):
            self.batch(json.loads(data))
            return
        match = re.fullmatch(r"/api/datasets/([^/]+/[^/]+)/(preupload|commit|tag)/([^/]+)", path)
        if match is None or match[1] not in REPOS:
            self.missing("RepoNotFound")
            return
        repo = REPOS[match[1]]
        if match[2] == "preupload":
            asked = json.loads(data)
            files = [
                {
                    "path": file["path"],
                    "uploadMode": "lfs" if file["path"].endswith(".parquet") else "regular",
                    "shouldIgnore": False,
                    "oid": repo["commits"][-1]["files"].get(file["path"], {}).get("oid"),
                }
                for file in asked["files"]
            ]
            self.answer(200, {"files": files})
            return
        if match[2] == "tag":
            tag = json.loads(data)["tag"]
            if tag in repo["tags"]:
                self.answer(409, {"error": "exists"})
                return
            repo["tags"][tag] = repo["commits"][-1]["oid"] if match[3] == "main" else match[3]
            self.answer(200, {})
            return
        self.commit(match[1], [json.loads(line) for line in data.splitlines() if line])
        return

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"  # type: ignore[attr-defined]

    def batch(self, asked: dict[str, Any]) -> None:
        objects = []
        for own in asked["objects"]:
            todo = (
                {} if own["oid"] in STORED else {"upload": {"href": f"{self.base}/put/{own['oid']}", "header": {}}}
            )
            objects.append({**own, "authenticated": True, **({"actions": todo} if todo else {})})
        self.answer(200, {"transfer": "basic", "objects": objects})

    def do_PUT(self) -> None:
        data, oid = self.body(), self.path.rsplit("/", 1)[-1]
        LOG.append(f"PUT {oid[:8]}")
        if FAIL[0]:
            FAIL[0] -= 1
            if not FAIL[0]:
                self.answer(500, {"error": "broken"})
                return
        assert hashlib.sha256(data).hexdigest() == oid
        STORED[oid] = data
        self.answer(200, {})

    def commit(self, name: str, lines: list[dict[str, Any]]) -> None:
        repo = REPOS[name]
        head = repo["commits"][-1]
        told = lines[0]["value"]
        if told.get("parentCommit") not in (None, head["oid"]):
            self.answer(412, {"error": "main has moved"})
            return
        files = dict(head["files"])
        for line in lines[1:]:
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = store(base64.b64decode(value["content"]))
            elif line["key"] == "lfsFile":
                data = STORED[value["oid"]]
                files[value["path"]] = {
                    **store(data),
                    "lfs": {"oid": value["oid"], "size": len(data), "pointerSize": 130},
                }
            elif line["key"] == "deletedFile":
                del files[value["path"]]
        oid = hashlib.sha1(json.dumps([head["oid"], files], sort_keys=True).encode()).hexdigest()
        repo["commits"].append({"oid": oid, "files": files, "title": told["summary"]})
        self.answer(
            200,
            {"commitUrl": f"{self.base}/datasets/{name}/commit/{oid}", "commitOid": oid, "pullRequestUrl": None},
        )


def store(data: bytes) -> dict[str, Any]:
    sha256 = hashlib.sha256(data).hexdigest()
    STORED[sha256] = data
    return {"oid": blob_id(data), "sha256": sha256, "size": len(data)}


def entries(files: dict[str, Any], below: str, deep: bool) -> Any:
    prefix = f"{below}/" if below else ""
    folders = set()
    for name, own in sorted(files.items()):
        if not name.startswith(prefix):
            continue
        parts = name.removeprefix(prefix).split("/")
        for depth in range(1, len(parts)):
            folders.add(prefix + "/".join(parts[:depth]))
        if deep or len(parts) == 1:
            entry = {"type": "file", "path": name, "size": own["size"], "oid": own["oid"]}
            yield {**entry, **({"lfs": own["lfs"]} if "lfs" in own else {})}
    for folder in sorted(folders):
        if deep or "/" not in folder.removeprefix(prefix):
            yield {"type": "directory", "path": folder, "oid": "1" * 40, "size": 0}


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Double)
    Path(sys.argv[1] + ".new").write_text(str(server.server_port))
    Path(sys.argv[1] + ".new").rename(sys.argv[1])
    server.serve_forever()
