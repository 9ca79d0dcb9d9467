//===- VerifyStage.cpp - A stage's legality is checked --------------------===//

#include "act/Pipeline/Pipelines.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace act;

LogicalResult act::verifyStage(Operation *root, Stage stage) {
  SmallVector<StringRef> words;
  StringRef(legalAfter(stage)).split(words, ' ', -1, /*KeepEmpty=*/false);
  llvm::StringSet<> legal;
  for (StringRef word : words)
    legal.insert(word);
  LogicalResult result = success();
  root->walk([&](Operation *op) {
    OperationName name = op->getName();
    if (legal.contains(name.getDialectNamespace()) ||
        legal.contains(name.getStringRef()))
      return;
    op->emitOpError("is not legal after stage '")
        << nameOf(stage) << "', which allows: " << legalAfter(stage);
    result = failure();
  });
  return result;
}
