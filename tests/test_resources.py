"""Reading tables: what is wrong with them is said in the words of the file."""

from __future__ import annotations

import pytest
from pydantic import Field, ValidationError

from creative_spatial.config import RouteSection
from creative_spatial.errors import ConfigError
from creative_spatial.resources import Facts, parse, read_toml, resource_path


class Dish(Facts):
    name: str
    spices: tuple[str, ...] = ()


class Menu(Facts):
    title: str
    price: float = Field(default=0, ge=0)
    main: Dish | None = None
    dishes: tuple[Dish, ...] = Field(default=(), alias="dish")


class TestReadToml:
    def test_tables_are_read(self, tmp_path):
        path = tmp_path / "a.toml"
        path.write_text('[city]\nname = "สงขลา"\n', encoding="utf-8")
        assert read_toml(path) == {"city": {"name": "สงขลา"}}

    def test_a_byte_order_mark_as_editors_on_windows_write_it_is_no_fault(self, tmp_path):
        path = tmp_path / "a.toml"
        path.write_bytes(b'\xef\xbb\xbfname = "x"\r\n')
        assert read_toml(path) == {"name": "x"}

    def test_a_missing_file_is_named(self, tmp_path):
        with pytest.raises(ConfigError, match=r"nowhere\.toml: no such file"):
            read_toml(tmp_path / "nowhere.toml")

    def test_a_folder_is_not_a_file(self, tmp_path):
        with pytest.raises(ConfigError, match="is a folder; name the TOML file in it"):
            read_toml(tmp_path)

    def test_thai_in_an_old_encoding_is_refused_with_the_right_one(self, tmp_path):
        path = tmp_path / "a.toml"
        path.write_bytes('name = "สงขลา"'.encode("cp874"))
        with pytest.raises(ConfigError, match=r"a\.toml cannot be read as UTF-8 text"):
            read_toml(path)

    def test_a_fault_of_writing_is_named_with_its_line(self, tmp_path):
        path = tmp_path / "a.toml"
        path.write_text('a = 1\nb = "open\n', encoding="utf-8")
        with pytest.raises(ConfigError, match=r"a\.toml: .*line 2"):
            read_toml(path)

    def test_a_key_written_twice_is_refused(self, tmp_path):
        path = tmp_path / "a.toml"
        path.write_text("a = 1\na = 2\n", encoding="utf-8")
        with pytest.raises(ConfigError, match=r"a\.toml: .*line 2"):
            read_toml(path)


class TestParse:
    def test_a_table_becomes_a_frozen_model(self):
        menu = parse(Menu, {"title": "Lunch", "dish": [{"name": "Tao suan"}]}, where="m.toml")
        assert menu.dishes == (Dish(name="Tao suan"),)
        with pytest.raises(ValidationError, match="frozen"):
            menu.title = "Dinner"

    def test_an_unknown_key_comes_with_the_likely_one(self):
        with pytest.raises(
            ConfigError, match=r"m\.toml: unknown key 'tittle'; did you mean 'title'\?"
        ):
            parse(Menu, {"title": "Lunch", "tittle": "x"}, where="m.toml")

    def test_an_unknown_key_like_no_other_comes_with_all_there_are(self):
        with pytest.raises(ConfigError, match="unknown key 'zz'; known: dish, main, price, title"):
            parse(Menu, {"title": "Lunch", "zz": 1}, where="m.toml")

    def test_an_unknown_key_in_a_list_of_tables_is_compared_with_that_table_s(self):
        with pytest.raises(
            ConfigError, match=r"unknown key 'dish\.0\.spice'; did you mean 'spices'\?"
        ):
            parse(Menu, {"title": "x", "dish": [{"name": "a", "spice": []}]}, where="m.toml")

    def test_an_unknown_key_in_an_optional_table_is_too(self):
        with pytest.raises(ConfigError, match=r"unknown key 'main\.nam'; did you mean 'name'\?"):
            parse(Menu, {"title": "x", "main": {"name": "a", "nam": "b"}}, where="m.toml")

    def test_a_missing_key_is_named(self):
        with pytest.raises(ConfigError, match=r"m\.toml: 'title' is missing"):
            parse(Menu, {}, where="m.toml")

    def test_a_wrong_value_is_shown(self):
        with pytest.raises(
            ConfigError, match=r"'price': .*greater than or equal to 0 \(found -3\)"
        ):
            parse(Menu, {"title": "x", "price": -3}, where="m.toml")

    def test_a_long_value_is_shown_as_far_as_it_serves_to_find_it(self):
        with pytest.raises(ConfigError, match=r"\(found 'xx+…\)$") as caught:
            parse(Menu, {"title": "Lunch", "price": "x" * 10_000}, where="m.toml")
        assert len(str(caught.value)) < 400

    def test_an_id_that_can_name_no_file_is_told_in_words(self):
        route = {"id": "../x", "stops": ["a", "b"]}
        with pytest.raises(ConfigError, match=r"'id': an id is made of a-z.* \(found '\.\./x'\)"):
            parse(RouteSection, route, where="city.toml")

    def test_every_fault_is_told_one_a_line(self):
        with pytest.raises(ConfigError) as caught:
            parse(Menu, {"price": "dear", "colour": "red"}, where="m.toml [menu]")
        lines = str(caught.value).splitlines()
        assert len(lines) == 3
        assert all(line.startswith("m.toml [menu]: ") for line in lines)


class TestResourcePath:
    def test_files_of_the_package_are_found(self):
        assert resource_path("taxonomy", "pillars.toml").is_file()
        assert resource_path("taxonomy").is_dir()
