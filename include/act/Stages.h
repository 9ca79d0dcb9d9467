//===- Stages.h - The stages of the corridor --------------------*- C++ -*-===//
#ifndef ACT_STAGES_H
#define ACT_STAGES_H

#include <optional>
#include <string_view>

namespace act {

/// A place in the corridor from formula to executable (Stages.def).
enum class Stage {
#define ACT_STAGE(Enum, Number, Name, Sentence, Legal) Enum = Number,
#include "act/Stages.def"
};

/// Number of stages; they are numbered from 1.
inline constexpr int kNumStages = 0
#define ACT_STAGE(Enum, Number, Name, Sentence, Legal) +1
#include "act/Stages.def"
    ;

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
