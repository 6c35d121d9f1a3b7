"""Each rule of tidy.py goes red on a tree that breaks it, and stays green beside it."""

import pathlib
import tempfile
import unittest

import tidy

GUARD = "#pragma once\n"


def findings(tree):
    """What is found in a tree of these files: {path: text}."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in tree.items():
            file = pathlib.Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return tidy.findings(folder)


class TidyTest(unittest.TestCase):
    def test_a_layer_that_points_back_is_found(self):
        for path, included in [
            ("include/clinic/time.hpp", "engine/schedule.hpp"),
            ("engine/schedule.cpp", "adapters/sqlite/sqlite_store.hpp"),
            ("engine/schedule.cpp", "server/http/server.hpp"),
            ("adapters/sqlite/unit.cpp", "server/json/value.hpp"),
            ("server/http/server.cpp", "bindings/python/module.hpp"),
            ("server/http/server.cpp", "tests/server/client.hpp"),
        ]:
            with self.subTest(path=path, included=included):
                found = findings({path: GUARD + f'#include "{included}"\n'})
                self.assertIn(f"{path}:2: {tidy.layer_of(path)} must not include {included}", found)

    def test_a_layer_that_points_down_is_not_found(self):
        self.assertEqual([], findings({
            "include/clinic/time.hpp": GUARD + '#include <chrono>\n#include "clinic/id.hpp"\n',
            "engine/schedule.cpp": '#include "clinic/time.hpp"\n#include "engine/walk.hpp"\n',
            "adapters/sqlite/unit.cpp": '#include "adapters/refusals.hpp"\n#include <unistd.h>\n',
            "server/main.cpp": '#include "adapters/sqlite/sqlite_store.hpp"\n',
            "tests/server/test.cpp": '#include "server/http/server.hpp"\n#include <httplib.h>\n',
            "build/dev/engine/generated.cpp": '#include "server/http/server.hpp"\n',
        }))

    def test_an_adapter_that_includes_another_is_found(self):
        self.assertEqual(1, len(findings({
            "adapters/sqlite/unit.cpp": '#include "adapters/memory/tables.hpp"\n'})))

    def test_a_library_in_the_wrong_folder_is_found(self):
        for path, included in [
            ("include/clinic/time.hpp", "boost/graph/graph_traits.hpp"),
            ("include/clinic/time.hpp", "unistd.h"),
            ("engine/matching.cpp", "nlohmann/json.hpp"),
            ("engine/matching.cpp", "sqlite3.h"),
            ("adapters/memory/unit.cpp", "SQLiteCpp/SQLiteCpp.h"),
            ("adapters/sqlite/unit.cpp", "nlohmann/json.hpp"),
            ("adapters/sqlite/unit.cpp", "boost/graph/graph_traits.hpp"),
            ("adapters/sqlite/unit.cpp", "pqxx/pqxx"),
            ("server/routes/slots.cpp", "httplib.h"),
            ("server/services/slots.cpp", "sqlite3.h"),
            ("server/services/slots.cpp", "toml++/toml.h"),
            ("server/http/loop.cpp", "CLI/CLI.hpp"),
        ]:
            with self.subTest(path=path, included=included):
                found = findings({path: GUARD + f"  #  include <{included}>\n"})
                self.assertEqual([f"{path}:2: {included} does not belong here"], found)

    def test_a_library_in_its_own_folder_is_not_found(self):
        self.assertEqual([], findings({
            "engine/matching.cpp": "#include <boost/graph/graph_traits.hpp>\n#include <absl/time/time.h>\n",
            "adapters/sqlite/unit.cpp": "#include <SQLiteCpp/SQLiteCpp.h>\n",
            "server/http/loop.cpp": "#include <httplib.h>\n#include <sys/epoll.h>\n",
        }))

    def test_what_breaks_a_rule_of_style_is_found(self):
        self.assertEqual(["engine/a.hpp:1: has no #pragma once"], findings({"engine/a.hpp": ""}))
        self.assertEqual(1, len(findings({"include/clinic/a.hpp": GUARD + "absl::string_view a;\n"})))
        self.assertEqual(1, len(findings({"tests/a.py": "\n" * (tidy.LONGEST_FILE + 1)})))
        self.assertEqual([], findings({"tests/a.py": "\n" * tidy.LONGEST_FILE}))
        self.assertEqual(1, len(findings({"engine/a.cpp": "// TO" + "DO: the rest\n"})))
        self.assertEqual(1, len(findings({"engine/a.cpp": "// FIX" + "ME\n"})))

    def test_a_public_header_that_the_one_header_lacks_is_found(self):
        tree = {"include/clinic/clinic.hpp": GUARD + '#include "clinic/time.hpp"\n',
                "include/clinic/time.hpp": GUARD, "include/clinic/internal/leaf.hpp": GUARD}
        self.assertEqual([], findings(tree))
        tree["include/clinic/id.hpp"] = GUARD
        self.assertEqual(["include/clinic/clinic.hpp:1: does not include clinic/id.hpp"], findings(tree))


if __name__ == "__main__":
    unittest.main()
