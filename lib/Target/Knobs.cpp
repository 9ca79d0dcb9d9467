//===- Knobs.cpp - Environment variables, read once -----------------------===//

#include "act/Target/Knobs.h"
#include <cstdlib>

using namespace act;

static Knobs read() {
  auto text = [](const char *name) {
    const char *value = std::getenv(name);
    return std::string(value ? value : "");
  };
  Knobs knobs;
#define ACT_KNOB(MEMBER, NAME, VALUE, HELP) knobs.MEMBER = text(NAME);
#include "act/Target/Knobs.def"
  return knobs;
}

const Knobs &act::knobs() {
  static const Knobs values = read();
  return values;
}

llvm::ArrayRef<KnobInfo> act::allKnobs() {
  static constexpr KnobInfo rows[] = {
#define ACT_KNOB(MEMBER, NAME, VALUE, HELP) {NAME, VALUE, HELP},
#include "act/Target/Knobs.def"
  };
  return rows;
}
