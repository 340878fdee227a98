"""Every request that the server announces, on a file that is right and on one that is not."""

import pytest
import pytest_asyncio
import pytest_lsp
from conftest import editors
from lsprotocol import types
from pygls.exceptions import JsonRpcException

pytestmark = pytest.mark.asyncio(loop_scope="module")

CLIENTS = ["neovim@0.7.0", "neovim@0.11.0", "visual_studio_code", "emacs"]
FILES = ["good.task", "broken.task"]

ANNOUNCED = {
    "completion_provider": "completion",
    "hover_provider": "hover",
    "signature_help_provider": "signature_help",
    "definition_provider": "definition",
    "references_provider": "references",
    "document_highlight_provider": "document_highlight",
    "document_symbol_provider": "document_symbol",
    "workspace_symbol_provider": "workspace_symbol",
    "code_action_provider": "code_action",
    "code_lens_provider": "code_lens",
    "document_link_provider": "document_link",
    "document_formatting_provider": "formatting",
    "document_range_formatting_provider": "range_formatting",
    "document_on_type_formatting_provider": "on_type_formatting",
    "rename_provider": "rename",
    "folding_range_provider": "folding_range",
    "selection_range_provider": "selection_range",
    "call_hierarchy_provider": "call_hierarchy",
    "inlay_hint_provider": "inlay_hint",
    "semantic_tokens_provider": "semantic_tokens",
    "execute_command_provider": "execute_command",
    "diagnostic_provider": "diagnostic",
}
"""The tests below, by what the server says that it can."""


@pytest.fixture(scope="module", params=FILES)
def name(request):
    return request.param


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=CLIENTS)
async def editor(request, name, tmp_path_factory):
    """One for all questions: they change nothing."""
    async with editors(tmp_path_factory.mktemp("tasks")) as start:
        editor = await start(pytest_lsp.client_capabilities(request.param))
        editor.open(name)
        yield editor


async def test_everything_that_is_announced_is_asked_here(editor):
    agreed = editor.agreed
    others = {"position_encoding", "text_document_sync", "workspace"}
    announced = {it.name for it in agreed.__attrs_attrs__ if getattr(agreed, it.name) is not None} - others
    assert announced <= set(ANNOUNCED)
    assert set(ANNOUNCED) - announced <= {"diagnostic_provider"}
    for test in ANNOUNCED.values():
        assert f"test_{test}" in globals()


def at(editor, name, part, ahead=0):
    start = editor.range_of(name, part).start
    return {
        "text_document": editor.document(name),
        "position": types.Position(line=start.line, character=start.character + ahead),
    }


async def test_completion(editor, name):
    places = [("gross(gross", 2), ("o.status", 2), ("Order where", 1), ("schedule", 0), ("Europe", 3), ("mail.send", 5)]
    for part, ahead in places:
        found = await editor.client.text_document_completion_async(
            types.CompletionParams(**at(editor, name, part, ahead))
        )
        items = found if isinstance(found, list) else found.items
        assert items, part
        for item in items[:3]:
            resolved = await editor.client.completion_item_resolve_async(item)
            assert resolved.label == item.label
    gross = await editor.client.text_document_completion_async(types.CompletionParams(**at(editor, name, "gross(", 2)))
    assert "gross" in [it.label for it in (gross if isinstance(gross, list) else gross.items)]


async def test_hover(editor, name):
    found = await editor.client.text_document_hover_async(types.HoverParams(**at(editor, name, "gross(")))
    text = found.contents.value if hasattr(found.contents, "value") else str(found.contents)
    assert "With tax." in text
    if name == "good.task":
        found = await editor.client.text_document_hover_async(types.HoverParams(**at(editor, name, "30 2")))
        assert "02:30" in found.contents.value and "UTC" in found.contents.value
    for line in range(editor.text(name).count("\n")):
        position = types.Position(line=line, character=4)
        await editor.client.text_document_hover_async(
            types.HoverParams(text_document=editor.document(name), position=position)
        )


async def test_signature_help(editor, name):
    found = await editor.client.text_document_signature_help_async(
        types.SignatureHelpParams(**at(editor, name, "gross(gross(", 6))
    )
    assert "gross(net: decimal" in found.signatures[found.active_signature or 0].label


async def test_definition(editor, name):
    found = await editor.client.text_document_definition_async(types.DefinitionParams(**at(editor, name, "gross(")))
    found = found if isinstance(found, list) else [found]
    assert found[0].uri == editor.uri("lib/money.task")
    assert found[0].range == editor.range_of("lib/money.task", "gross")


async def test_references(editor, name):
    context = types.ReferenceContext(include_declaration=True)
    found = await editor.client.text_document_references_async(
        types.ReferenceParams(context=context, **at(editor, name, "gross("))
    )
    assert {it.uri for it in found} >= {editor.uri("lib/money.task"), editor.uri(name)}


async def test_document_highlight(editor, name):
    found = await editor.client.text_document_document_highlight_async(
        types.DocumentHighlightParams(**at(editor, name, "hello"))
    )
    assert [it.range.start.line for it in found][0] == editor.range_of(name, "hello").start.line


async def test_document_symbol(editor, name):
    found = await editor.client.text_document_document_symbol_async(
        types.DocumentSymbolParams(text_document=editor.document(name))
    )
    assert "twice" in [it.name for it in found]


async def test_workspace_symbol(editor, name):
    found = await editor.client.workspace_symbol_async(types.WorkspaceSymbolParams(query="grs"))
    assert "gross" in [it.name for it in found]
    for symbol in found:
        assert symbol.location.uri.startswith("file:")


async def test_code_action(editor, name):
    whole = types.Range(start=types.Position(0, 0), end=types.Position(99, 0))
    context = types.CodeActionContext(diagnostics=[])
    found = await editor.client.text_document_code_action_async(
        types.CodeActionParams(text_document=editor.document(name), range=whole, context=context)
    )
    if name == "broken.task":
        assert found
    for action in found or []:
        assert await editor.client.code_action_resolve_async(action) == action


async def test_code_lens(editor, name):
    found = await editor.client.text_document_code_lens_async(
        types.CodeLensParams(text_document=editor.document(name))
    )
    if name == "good.task":
        assert {"taskc.run", "taskc.next", "taskc.test"} <= {it.command.command for it in found}


async def test_document_link(editor, name):
    found = await editor.client.text_document_document_link_async(
        types.DocumentLinkParams(text_document=editor.document(name))
    )
    targets = {it.target for it in found}
    assert editor.uri("lib/money.task") in targets
    if name == "good.task":
        assert editor.uri("templates/late.txt") in targets


async def test_formatting(editor, name):
    options = types.FormattingOptions(tab_size=2, insert_spaces=True)
    found = await editor.client.text_document_formatting_async(
        types.DocumentFormattingParams(text_document=editor.document(name), options=options)
    )
    # What is right is in the one style already; what is broken is left alone.
    assert not found


async def test_range_formatting(editor, name):
    options = types.FormattingOptions(tab_size=2, insert_spaces=True)
    text = editor.text(name).replace("let hello = ", "let hello=   ")
    editor.change(name, text)
    line = text[: text.index("let hello")].count("\n")
    within = types.Range(start=types.Position(line, 0), end=types.Position(line + 1, 0))
    found = await editor.client.text_document_range_formatting_async(
        types.DocumentRangeFormattingParams(text_document=editor.document(name), range=within, options=options)
    )
    if name == "good.task":
        assert editor.applied(text, found) == editor.text(name)
    editor.change(name, editor.text(name))


async def test_on_type_formatting(editor, name):
    options = types.FormattingOptions(tab_size=2, insert_spaces=True)
    found = await editor.client.text_document_on_type_formatting_async(
        types.DocumentOnTypeFormattingParams(ch="}", options=options, **at(editor, name, "}\n\nlet", 1))
    )
    assert not found


async def test_rename(editor, name):
    place = at(editor, name, "twice")
    allowed = await editor.client.text_document_prepare_rename_async(types.PrepareRenameParams(**place))
    assert "twice" in str(allowed)
    if name == "good.task":
        found = await editor.client.text_document_rename_async(types.RenameParams(new_name="doubled", **place))
        edits = found.changes[editor.uri(name)] if found.changes else found.document_changes[0].edits
        renamed = editor.applied(editor.text(name), edits)
        assert renamed == editor.text(name).replace("twice(", "doubled(")
    with pytest.raises(JsonRpcException):
        await editor.client.text_document_rename_async(types.RenameParams(new_name="while", **place))


async def test_folding_range(editor, name):
    found = await editor.client.text_document_folding_range_async(
        types.FoldingRangeParams(text_document=editor.document(name))
    )
    assert found
    for one in found:
        assert one.start_line < one.end_line


async def test_selection_range(editor, name):
    position = at(editor, name, "gross(gross", 8)["position"]
    found = await editor.client.text_document_selection_range_async(
        types.SelectionRangeParams(text_document=editor.document(name), positions=[position, position])
    )
    assert len(found) == 2
    one = found[0]
    while one.parent:
        inner, outer = one.range, one.parent.range
        assert (outer.start.line, outer.start.character) <= (inner.start.line, inner.start.character)
        assert (outer.end.line, outer.end.character) >= (inner.end.line, inner.end.character)
        one = one.parent


async def test_call_hierarchy(editor, name):
    items = await editor.client.text_document_prepare_call_hierarchy_async(
        types.CallHierarchyPrepareParams(**at(editor, name, "gross("))
    )
    assert [it.name for it in items] == ["gross"]
    incoming = await editor.client.call_hierarchy_incoming_calls_async(
        types.CallHierarchyIncomingCallsParams(item=items[0])
    )
    assert "twice" in [it.from_.name for it in incoming]
    items = await editor.client.text_document_prepare_call_hierarchy_async(
        types.CallHierarchyPrepareParams(**at(editor, name, "twice"))
    )
    outgoing = await editor.client.call_hierarchy_outgoing_calls_async(
        types.CallHierarchyOutgoingCallsParams(item=items[0])
    )
    assert [it.to.name for it in outgoing] == ["gross"]


async def test_inlay_hint(editor, name):
    whole = types.Range(start=types.Position(0, 0), end=types.Position(99, 0))
    found = await editor.client.text_document_inlay_hint_async(
        types.InlayHintParams(text_document=editor.document(name), range=whole)
    )
    labels = [it.label if isinstance(it.label, str) else "".join(part.value for part in it.label) for it in found]
    if name == "good.task":
        assert any("decimal" in it for it in labels) and any("next" in it for it in labels), labels


async def test_semantic_tokens(editor, name):
    document = editor.document(name)
    full = await editor.client.text_document_semantic_tokens_full_async(
        types.SemanticTokensParams(text_document=document)
    )
    legend = editor.agreed.semantic_tokens_provider.legend
    lines = editor.text(name).split("\n")
    line = column = 0
    names = set()
    for delta_line, delta_start, length, kind, modifiers in zip(*[iter(full.data)] * 5):
        line, column = line + delta_line, delta_start if delta_line else column + delta_start
        assert column + length <= editor.width(lines[line])
        assert modifiers < 2 ** len(legend.token_modifiers)
        names.add(legend.token_types[kind])
    assert {"function", "variable"} <= names
    within = types.Range(start=types.Position(0, 0), end=types.Position(8, 0))
    part = await editor.client.text_document_semantic_tokens_range_async(
        types.SemanticTokensRangeParams(text_document=document, range=within)
    )
    assert part.data == full.data[: len(part.data)] and len(part.data) < len(full.data)


async def test_execute_command(editor, name):
    for command in editor.agreed.execute_command_provider.commands:
        argument = "unknown-name" if command == "taskc.explain" else editor.uri(name)
        found = await editor.client.workspace_execute_command_async(
            types.ExecuteCommandParams(command=command, arguments=[argument])
        )
        if name == "good.task":
            assert found


async def test_diagnostic(editor, name):
    is_error = lambda it: it.severity == types.DiagnosticSeverity.Error
    if not editor.agreed.diagnostic_provider:
        found = await editor.diagnostics(name)
        assert any(map(is_error, found)) == (name == "broken.task")
        return
    report = await editor.client.text_document_diagnostic_async(
        types.DocumentDiagnosticParams(text_document=editor.document(name))
    )
    assert any(map(is_error, report.items)) == (name == "broken.task")
    whole = await editor.client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams(previous_result_ids=[]))
    by_uri = {it.uri: it.items for it in whole.items}
    assert by_uri[editor.uri(name)] == report.items
    assert editor.uri("shop.task") in by_uri


async def test_a_file_that_is_not_there_is_no_mistake(editor, name):
    document = types.TextDocumentIdentifier(uri=editor.uri("gone.task"))
    place = {"text_document": document, "position": types.Position(3, 3)}
    assert not await editor.client.text_document_hover_async(types.HoverParams(**place))
    await editor.client.text_document_completion_async(types.CompletionParams(**place))
    assert not await editor.client.text_document_document_symbol_async(
        types.DocumentSymbolParams(text_document=document)
    )
