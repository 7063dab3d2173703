"""The server: how it is, what it runs with, and backups."""

from playwright.sync_api import expect

from visitors import form_to, heading, send, table, told


def test_it_tells_how_it_is(visitor, server):
    page = visitor.open()
    page.get_by_role("link", name="Server").click()
    expect(heading(page)).to_have_text("Server")
    main = page.locator("main")
    expect(main).to_contain_text("ready")
    expect(main).to_contain_text("ecs-mock.db")
    expect(main).to_contain_text("MiB")
    expect(page.locator("#curl code")).to_contain_text("/_mock/")


def test_a_backup_is_made(visitor, server, folder):
    page = visitor.open("/server")
    before = set((folder / "backups").glob("*"))
    send(form_to(page, "/backup"))
    expect(told(page)).to_have_count(1)
    [made] = set((folder / "backups").glob("*")) - before
    assert made.read_bytes().startswith(b"SQLite format 3")
    expect(table(page, "Backups")).to_contain_text(made.name)


def test_a_server_without_a_folder_for_them_makes_none(visit, serve):
    page = visit(serve("without-backups")).open("/server")
    expect(page.locator("main")).to_contain_text("--backups")
    expect(form_to(page, "/backup")).to_have_count(0)
