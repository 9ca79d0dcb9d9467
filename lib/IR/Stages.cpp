//===- Stages.cpp - The stages of the corridor ----------------------------===//

#include "act/Stages.h"
#include <algorithm>

using namespace act;

namespace {
enum class Roads { Both, Cpu, Gpu };
struct Row {
  Stage stage;
  int number;
  Roads roads;
  const char *name, *sentence, *legal;
};
constexpr Row rows[] = {
#define ACT_STAGE(Enum, Number, Road, Name, Sentence, Legal)                   \
  {Stage::Enum, Number, Roads::Road, Name, Sentence, Legal},
#include "act/Stages.def"
};
const Row &rowOf(Stage stage) { return rows[int(stage)]; }
} // namespace

static std::vector<Stage> collect(Roads other) {
  std::vector<Stage> stages;
  for (const Row &row : rows)
    if (row.roads != other)
      stages.push_back(row.stage);
  return stages;
}

const std::vector<Stage> &act::stagesOf(Road road) {
  static const std::vector<Stage> cpu = collect(Roads::Gpu),
                                  gpu = collect(Roads::Cpu);
  return road == Road::Cpu ? cpu : gpu;
}

std::vector<Stage> act::stagesUpTo(Road road, Stage last) {
  const std::vector<Stage> &all = stagesOf(road);
  auto end = std::find(all.begin(), all.end(), last);
  return std::vector<Stage>(all.begin(), end == all.end() ? end : end + 1);
}

int act::numberOf(Stage stage) { return rowOf(stage).number; }
const char *act::nameOf(Stage stage) { return rowOf(stage).name; }
const char *act::sentenceOf(Stage stage) { return rowOf(stage).sentence; }
const char *act::legalAfter(Stage stage) { return rowOf(stage).legal; }

std::optional<Stage> act::stageNamed(std::string_view name) {
  for (const Row &row : rows)
    if (name == row.name)
      return row.stage;
  return std::nullopt;
}
