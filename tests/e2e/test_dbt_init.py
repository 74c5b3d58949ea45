"""dbt init: a project that builds at once, its profile, and what it refuses."""
import yaml


def init(dango, *words, code=0, **more):
    result = dango.run("init", *words, "--profiles-dir", "profiles", name="dbt", **more)
    assert result.code == code, result.out + result.err
    return result.out


def test_a_new_project_builds_at_once(dango):
    out = init(dango, "shop")
    assert 'Your new dbt project "shop" was created!' in out and "Profile shop written to" in out
    shop = dango.directory / "shop"
    assert yaml.safe_load((shop / "dbt_project.yml").read_text())["profile"] == "shop"
    assert (shop / ".gitignore").read_text().split() == ["target/", "dbt_packages/", "logs/"]
    built = dango.run("build", "--profiles-dir", "../profiles", name="dbt", cwd=shop)
    assert built.code == 0 and "PASS=6 WARN=0 ERROR=0" in built.out
    assert "A project called shop already exists here." in init(dango, "shop")


def test_profiles_are_added_kept_and_named(dango):
    init(dango, "one")
    init(dango, "two")
    text = (dango.directory / "profiles" / "profiles.yml").read_text()
    assert list(yaml.safe_load(text)) == ["one", "two"]
    init(dango, "three", "--profile", "one")
    init(dango, "four", "--skip-profile-setup")
    assert (dango.directory / "profiles" / "profiles.yml").read_text() == text
    assert yaml.safe_load((dango.directory / "three" / "dbt_project.yml").read_text())["profile"] == "one"
    assert "Could not find profile named 'nope'" in init(dango, "five", "--profile", "nope", code=2)
    assert not (dango.directory / "five").exists()


def test_a_name_is_asked_for_until_it_can_be_used(dango):
    out = init(dango, "bad-name", "-s", input="4you\nfine_1\n")
    assert "bad-name is not a valid project name." in out and "4you is not" in out
    assert (dango.directory / "fine_1" / "models" / "example" / "schema.yml").is_file()
    assert "a project needs a name" in init(dango, "-s", code=2, input="")
