#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "clinic/workflow.hpp"

namespace clinic {
namespace {

using Time = StateDefinition::Time;
using Ending = StateDefinition::Ending;

// A drawing as `dot` draws it, in SVG.
std::string Drawn(const std::string& drawing) {
  const std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) /
      ("workflow-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) +
       ".dot");
  std::ofstream(path) << drawing;
  std::string text;
  FILE* dot = popen(("dot -Tsvg '" + path.string() + "' 2>&1").c_str(), "r");
  std::array<char, 4096> part{};
  while (const std::size_t length = std::fread(part.data(), 1, part.size(), dot)) {
    text.append(part.data(), length);
  }
  EXPECT_EQ(pclose(dot), 0) << text;
  std::filesystem::remove(path);
  return text;
}

bool HasDot() { return std::system("command -v dot >/dev/null 2>&1") == 0; }

std::size_t Count(const std::string& text, std::string_view word) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(word, at)) != text.npos; ++at) ++count;
  return count;
}

// Names that would end their quotes, begin an escape, or be markup.
Workflow WithAwkwardNames() {
  static constexpr StateDefinition kStates[] = {{"a \"quoted\" name", Time::kHeld},
                                                {"back\\slash"},
                                                {"back\\\\slash\\"},
                                                {"<b>two\nlines</b>"},
                                                {"Ende: schön", Time::kFree, Ending::kTerminal}};
  static constexpr TransitionDefinition kTransitions[] = {
      {"a \"quoted\" name", "expire", "Ende: schön"},
      {"a \"quoted\" name", "\\N; }", "back\\slash"},
      {"back\\slash", "\\", "back\\\\slash\\"},
      {"back\\\\slash\\", "\"", "<b>two\nlines</b>"},
      {"<b>two\nlines</b>", "->", "Ende: schön"}};
  static constexpr std::string_view kInitial[] = {"a \"quoted\" name", "back\\slash"};
  return Workflow::Make({kStates, kTransitions, kInitial, "back\\slash", "a \"quoted\" name"})
      .value();
}

TEST(WorkflowDrawing, OfFhirIsTheOneThatIsKept) {
  std::ifstream file(CLINIC_SOURCE_DIR "/tests/engine/data/fhir-workflow.dot");
  const std::string kept(std::istreambuf_iterator<char>(file), {});
  EXPECT_EQ(ToGraphviz(Workflow::Fhir()), kept);
  EXPECT_EQ(ToGraphviz(Workflow(Workflow::Fhir())), kept);
}

TEST(WorkflowDrawing, WritesAwkwardNamesSoThatTheyAreReadAsTheyAre) {
  EXPECT_EQ(ToGraphviz(WithAwkwardNames()),
            R"(digraph workflow {
  rankdir=LR;
  "" [shape=point];
  "a \"quoted\" name" [style="filled,dashed"];
  "back\\slash" [style=filled];
  "back\\\\slash\\" [style=filled];
  "<b>two\nlines</b>" [style=filled];
  "Ende: schön" [shape=doublecircle];
  "" -> "a \"quoted\" name" [label="hold"];
  "" -> "back\\slash" [label="book"];
  "a \"quoted\" name" -> "Ende: schön" [label="expire"];
  "a \"quoted\" name" -> "back\\slash" [label="\\N; }"];
  "back\\slash" -> "back\\\\slash\\" [label="\\"];
  "back\\\\slash\\" -> "<b>two\nlines</b>" [label="\""];
  "<b>two\nlines</b>" -> "Ende: schön" [label="->"];
}
)");
}

TEST(WorkflowDrawing, IsAcceptedByGraphviz) {
  if (!HasDot()) GTEST_SKIP() << "graphviz is not installed";
  const std::string fhir = Drawn(ToGraphviz(Workflow::Fhir()));
  EXPECT_EQ(Count(fhir, "class=\"node\""), 11U) << fhir;  // ten states and the dot
  EXPECT_EQ(Count(fhir, "class=\"edge\""), 24U + 9U) << fhir;
  const std::string awkward = Drawn(ToGraphviz(WithAwkwardNames()));
  EXPECT_EQ(Count(awkward, "class=\"node\""), 6U) << awkward;
  EXPECT_EQ(Count(awkward, "class=\"edge\""), 7U) << awkward;
  for (const std::string_view label :
       {"a &quot;quoted&quot; name", "back\\slash", "back\\\\slash\\", "&lt;b&gt;two",
        "lines&lt;/b&gt;", "Ende: schön", "\\N; }", "\\"}) {
    EXPECT_EQ(Count(awkward, ">" + std::string(label) + "</text>"), 1U) << label;
  }
}

}  // namespace
}  // namespace clinic
