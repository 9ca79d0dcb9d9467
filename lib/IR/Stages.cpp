//===- Stages.cpp - The stages of the corridor ----------------------------===//

#include "act/Stages.h"

using namespace act;

namespace {
struct Row {
  Stage stage;
  const char *name, *sentence, *legal;
};
constexpr Row rows[] = {
#define ACT_STAGE(Enum, Number, Name, Sentence, Legal)                         \
  {Stage::Enum, Name, Sentence, Legal},
#include "act/Stages.def"
};
const Row &rowOf(Stage stage) { return rows[int(stage) - 1]; }
} // namespace

const char *act::nameOf(Stage stage) { return rowOf(stage).name; }
const char *act::sentenceOf(Stage stage) { return rowOf(stage).sentence; }
const char *act::legalAfter(Stage stage) { return rowOf(stage).legal; }

std::optional<Stage> act::stageNamed(std::string_view name) {
  for (const Row &row : rows)
    if (name == row.name)
      return row.stage;
  return std::nullopt;
}
