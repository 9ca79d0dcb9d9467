//===- Stages.h - The stages of the corridor --------------------*- C++ -*-===//
#ifndef ACT_STAGES_H
#define ACT_STAGES_H

#include <optional>
#include <string_view>
#include <vector>

namespace act {

/// A place in the corridor from formula to executable (Stages.def).
enum class Stage {
#define ACT_STAGE(Enum, Number, Road, Name, Sentence, Legal) Enum,
#include "act/Stages.def"
};

/// The corridors for the CPU and for GPUs, which share their first stages and
/// the last one.
enum class Road { Cpu, Gpu };

/// The stages of a road, in order.
const std::vector<Stage> &stagesOf(Road road);
/// The last stage of a road that consists of passes on MLIR.
constexpr Stage lastPassesOf(Road road) {
  return road == Road::Cpu ? Stage::LLVM : Stage::NVVM;
}
/// The stages of a road up to this one, which is on it.
std::vector<Stage> stagesUpTo(Road road, Stage last);
/// Place in its road, from 1 on.
int numberOf(Stage stage);
/// Command-line name: "approximate".
const char *nameOf(Stage stage);
/// What holds after the stage, in one sentence.
const char *sentenceOf(Stage stage);
/// Dialects and operations that may remain after the stage, space-separated.
const char *legalAfter(Stage stage);
/// The stage with this command-line name.
std::optional<Stage> stageNamed(std::string_view name);

} // namespace act

#endif // ACT_STAGES_H
