//===- CommonErrors.cpp - What references get wrong -----------------------===//

#include "CommonErrors.h"

using namespace act::report;

Table act::report::commonErrors() {
  Table table;
  table.key = "often_stated_wrongly";
  table.columns = {{"claim"}, {"fact"}, {"because"}};
  table.rows = {
#define ACT_COMMON_ERROR(Claim, Fact, Because) {Claim, Fact, Because},
#include "CommonErrors.def"
  };
  return table;
}
