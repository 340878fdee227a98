"""What happens between questions: columns, changes, files that come and go, cancelling, progress."""

import asyncio

import pytest
import pytest_lsp
from lsprotocol import types

ENCODINGS = [types.PositionEncodingKind.Utf8, types.PositionEncodingKind.Utf16, types.PositionEncodingKind.Utf32]


def understands(**more) -> types.ClientCapabilities:
    """A client that is sent findings, and what is given."""
    text = types.TextDocumentClientCapabilities(
        publish_diagnostics=types.PublishDiagnosticsClientCapabilities(related_information=True),
    )
    return types.ClientCapabilities(text_document=text, **more)


def pulls(**more) -> types.ClientCapabilities:
    """A client that asks for findings."""
    text = types.TextDocumentClientCapabilities(diagnostic=types.DiagnosticClientCapabilities())
    return types.ClientCapabilities(text_document=text, **more)


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_columns_are_counted_as_agreed_on(start, encoding):
    general = types.GeneralClientCapabilities(position_encodings=[encoding])
    editor = await start(understands(general=general))
    assert editor.agreed.position_encoding == encoding
    (editor.folder / "it.task").write_text('let code = 1\nlet size = "😀é {code}" + totl\n')
    editor.open("it.task")
    found = await editor.diagnostics("it.task", bool)
    unknown = [it for it in found if it.code == "unknown-name"]
    assert [it.range for it in unknown] == [editor.range_of("it.task", "totl")]
    place = {"text_document": editor.document("it.task"), "position": editor.range_of("it.task", "code}").start}
    edit = await editor.client.text_document_rename_async(types.RenameParams(new_name="number", **place))
    renamed = editor.applied(editor.text("it.task"), edit.changes[editor.uri("it.task")])
    assert renamed == editor.text("it.task").replace("code", "number")


async def test_changes_by_columns_arrive_where_they_are_meant(start):
    editor = await start(understands())
    assert editor.agreed.position_encoding in (None, types.PositionEncodingKind.Utf16)
    (editor.folder / "it.task").write_text('let total = 1\nprint("😀 {totl}")\n')
    editor.open("it.task")
    await editor.diagnostics("it.task", bool)
    wrong = editor.range_of("it.task", "totl")
    document = types.VersionedTextDocumentIdentifier(uri=editor.uri("it.task"), version=2)
    change = types.TextDocumentContentChangePartial(range=wrong, text="total")
    editor.client.text_document_did_change(
        types.DidChangeTextDocumentParams(text_document=document, content_changes=[change])
    )
    await editor.diagnostics("it.task", lambda found: not found)


async def test_findings_are_sent_followed_and_taken_back(start):
    editor = await start(understands())
    editor.open("broken.task")
    found = await editor.diagnostics("broken.task", bool)
    for it in found:
        assert it.source == "taskc" and it.code and it.code_description.href
    editor.change("broken.task", "print(1)\n")
    await editor.diagnostics("broken.task", lambda found: not found)
    editor.change("broken.task", "print(x)\n")
    await editor.diagnostics("broken.task", bool)
    editor.client.text_document_did_close(
        types.DidCloseTextDocumentParams(text_document=editor.document("broken.task"))
    )
    # Closed without saving: what stands on disk counts again.
    await editor.diagnostics("broken.task", lambda found: len(found) > 1)


async def test_findings_that_are_asked_for_are_not_sent(start):
    editor = await start(pulls())
    editor.open("broken.task")
    document = types.DocumentDiagnosticParams(text_document=editor.document("broken.task"))
    report = await editor.client.text_document_diagnostic_async(document)
    assert report.items
    editor.change("broken.task", "print(1)\n")
    report = await editor.client.text_document_diagnostic_async(document)
    assert not report.items
    assert not editor.client.diagnostics


async def test_files_that_are_not_open_are_told_of_and_watched(start):
    watching = types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True)
    workspace = types.WorkspaceClientCapabilities(did_change_watched_files=watching)
    editor = await start(understands(workspace=workspace))
    await editor.diagnostics("broken.task", bool)
    assert [it.method for it in editor.registered] == ["workspace/didChangeWatchedFiles"]
    (editor.folder / "lib/money.task").write_text("fn net(x: decimal) -> decimal {\n  return x\n}\n")
    event = types.FileEvent(uri=editor.uri("lib/money.task"), type=types.FileChangeType.Changed)
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(changes=[event]))
    await editor.diagnostics("good.task", lambda found: any(it.code.startswith("unknown-") for it in found))
    (editor.folder / "broken.task").unlink()
    event = types.FileEvent(uri=editor.uri("broken.task"), type=types.FileChangeType.Deleted)
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(changes=[event]))
    await editor.diagnostics("broken.task", lambda found: not found)


async def test_a_question_that_is_taken_back_is_answered_so(start):
    editor = await start(understands())
    editor.open("good.task")
    params = types.DocumentSymbolParams(text_document=editor.document("good.task"))
    # Both are in the pipe before the server has read the first of them, or it was faster: then there is an answer.
    asked = [editor.client.protocol.send_request_async("textDocument/documentSymbol", params, msg_id=f"q{n}") for n in range(20)]
    tasks = [asyncio.ensure_future(it) for it in asked]
    await asyncio.sleep(0)
    for n in range(20):
        editor.client.protocol.notify("$/cancelRequest", types.CancelParams(id=f"q{n}"))
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    for answer in answers:
        assert isinstance(answer, list) or "cancel" in str(answer).lower() or isinstance(answer, asyncio.CancelledError)
    # And the next question is answered as if nothing had been.
    assert await editor.client.text_document_document_symbol_async(params)


async def test_reading_a_folder_shows_how_far_it_is(start):
    editor = await start(understands(window=types.WindowClientCapabilities(work_done_progress=True)))
    await editor.diagnostics("broken.task", bool)
    reports = editor.client.progress_reports
    assert len(reports) == 1
    kinds = [it.kind for it in next(iter(reports.values()))]
    assert kinds[0] == "begin" and kinds[-1] == "end"


async def test_folders_come_and_go(start, tmp_path_factory):
    editor = await start(understands())
    other = tmp_path_factory.mktemp("other")
    (other / "more.task").write_text("print(x)\n")
    uri = (other / "more.task").as_uri()
    folder = types.WorkspaceFolder(uri=other.as_uri(), name="other")
    for added, removed, holds in [([folder], [], bool), ([], [folder], lambda found: not found)]:
        event = types.WorkspaceFoldersChangeEvent(added=added, removed=removed)
        editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event=event))
        for _ in range(500):
            if uri in editor.client.diagnostics and holds(editor.client.diagnostics[uri]):
                break
            await asyncio.sleep(0.02)
        else:
            raise AssertionError(f"waited in vain: {added} {removed} {editor.client.diagnostics.keys()}")


async def test_an_unknown_request_is_refused_and_nothing_else(start):
    editor = await start(understands())
    with pytest.raises(Exception, match="not supported"):
        await editor.client.protocol.send_request_async("taskc/nothing", {})
    editor.open("good.task")
    symbols = types.DocumentSymbolParams(text_document=editor.document("good.task"))
    assert await editor.client.text_document_document_symbol_async(symbols)
