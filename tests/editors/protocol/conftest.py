"""An editor made from pytest-lsp, which checks each message against what the client said it understands, and lsprotocol, which reads
messages as the specification types them."""

import asyncio
import json
import os
import pathlib
import shutil
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
import pytest_lsp
from lsprotocol import types
from pytest_lsp import LanguageClient
from pytest_lsp.protocol import LanguageClientProtocol

HERE = pathlib.Path(__file__).parent

SHAPES = []
"""What was said in other words than the specification's, by message."""


class Protocol(LanguageClientProtocol):
    """Keeps an eye on what lsprotocol would silently pass over: keys that it does not know."""

    def structure_message(self, data):
        message = super().structure_message(data)
        if isinstance(data, dict):
            for part in ("params", "result"):
                read = getattr(message, part, None)
                if data.get(part) is not None and read is not None:
                    written = json.loads(json.dumps(self._converter.unstructure(read)))
                    SHAPES.extend(unknown(data[part], written, f"{data.get('method', type(message).__name__)}.{part}"))
        return message


def unknown(raw, read, where):
    """The keys of `raw` that `read` has lost."""
    if isinstance(raw, dict) and isinstance(read, dict):
        for key, value in raw.items():
            if key in read:
                yield from unknown(value, read[key], f"{where}.{key}")
            elif value is not None:
                yield f"{where}.{key}"
    elif isinstance(raw, list) and isinstance(read, list):
        for one, other in zip(raw, read):
            yield from unknown(one, other, f"{where}[]")


class Editor:
    """An editor with one folder open."""

    def __init__(self, client: LanguageClient, folder: pathlib.Path, agreed: types.InitializeResult):
        self.client = client
        self.folder = folder
        self.agreed = agreed.capabilities
        self.versions = {}

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def document(self, name: str) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(uri=self.uri(name))

    def text(self, name: str) -> str:
        return (self.folder / name).read_bytes().decode()

    def open(self, name: str) -> None:
        self.versions[name] = 1
        item = types.TextDocumentItem(uri=self.uri(name), language_id="task", version=1, text=self.text(name))
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))

    def change(self, name: str, text: str) -> None:
        self.versions[name] += 1
        document = types.VersionedTextDocumentIdentifier(uri=self.uri(name), version=self.versions[name])
        whole = types.TextDocumentContentChangeWholeDocument(text=text)
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(text_document=document, content_changes=[whole])
        )

    async def diagnostics(self, name: str, holds=lambda found: True):
        """What the server sends of a file, once it `holds`."""
        for _ in range(1000):
            found = self.client.diagnostics.get(self.uri(name))
            if found is not None and holds(found):
                return found
            await asyncio.sleep(0.02)
        raise AssertionError(f"waited in vain for the findings of {name}: {self.client.diagnostics}")

    def range_of(self, name: str, part: str) -> types.Range:
        """Where `part` stands, counted as agreed on."""
        text = self.text(name)
        at = text.index(part)
        return types.Range(start=self.position(text, at), end=self.position(text, at + len(part)))

    def position(self, text: str, at: int) -> types.Position:
        before = text[:at]
        line = before[before.rfind("\n") + 1 :]
        return types.Position(line=before.count("\n"), character=self.width(line))

    def width(self, text: str) -> int:
        match self.agreed.position_encoding:
            case types.PositionEncodingKind.Utf8:
                return len(text.encode())
            case types.PositionEncodingKind.Utf32:
                return len(text)
            case _:
                return len(text.encode("utf-16-le")) // 2

    def offset(self, text: str, at: types.Position) -> int:
        start = sum(len(line) for line in text.splitlines(keepends=True)[: at.line])
        end = start
        while self.width(text[start:end]) < at.character:
            end += 1
        return end

    def applied(self, text: str, edits) -> str:
        for edit in sorted(edits, key=lambda it: (it.range.start.line, it.range.start.character), reverse=True):
            start, end = self.offset(text, edit.range.start), self.offset(text, edit.range.end)
            text = text[:start] + edit.new_text + text[end:]
        return text


@asynccontextmanager
async def editors(folder: pathlib.Path):
    """Gives what starts the server for a client that understands what is given, in a folder with the tasks of this one's."""
    started = []

    async def begin(capabilities: types.ClientCapabilities) -> Editor:
        shutil.copytree(HERE / "tasks", folder, dirs_exist_ok=True)
        client = pytest_lsp.make_test_lsp_client()
        client.protocol.__class__ = Protocol
        registered = []
        client.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda params: registered.extend(params.registrations))
        await client.start_io(os.environ["TASKC"], "lsp", cwd=folder)
        started.append(client)
        root = types.WorkspaceFolder(uri=folder.as_uri(), name="tasks")
        params = types.InitializeParams(capabilities=capabilities, workspace_folders=[root], root_uri=folder.as_uri())
        editor = Editor(client, folder, await client.initialize_session(params))
        editor.registered = registered
        return editor

    SHAPES.clear()
    yield begin
    for client in started:
        await client.shutdown_session()
        await client.stop()
    assert not SHAPES
    assert not [it for client in started for it in client.log_messages], "the server failed"


@pytest_asyncio.fixture
async def start(tmp_path):
    """Starts the server for one test."""
    async with editors(tmp_path) as begin:
        yield begin
