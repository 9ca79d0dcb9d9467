//===- DeriveSaved.cpp - Backwards that read what was saved --------------===//

#include "Deriver.h"

using namespace mlir;
using namespace act;
using sym::Expr;

FailureOr<SavedForm> Deriver::savedForm(Operation *op, const Callee &callee,
                                        StringRef policy) {
  SavedForm form;
  if (callee.numInputs != 1 || callee.results.size() != 1)
    form.reason = "it has several inputs or results";
  else
    form = policy == "output" ? deriveFromOutput(graph, callee.results[0])
                              : deriveFromMask(graph, callee.results[0]);
  if (form.derivative)
    return form;
  bool isOther = false;
  if (callee.numInputs == 1 && callee.results.size() == 1)
    isOther = policy == "output"
                  ? deriveFromMask(graph, callee.results[0]).derivative
                  : deriveFromOutput(graph, callee.results[0]).derivative;
  return op->emitOpError("save = \"")
         << policy << "\" is not legal for this function: " << form.reason
         << "; legal are input, recompute"
         << (!isOther             ? ""
             : policy == "output" ? ", mask"
                                  : ", output")
         << " (act-report memory tells what each costs)";
}

/// True where the gradient is by the input alone.
static bool isByInput(VjpOp op, const Callee &callee) {
  return !op.getWrt() ||
         (op.getWrt()->size() == 1 && (*op.getWrt())[0] == callee.names[0]);
}

FailureOr<FuncOp> Deriver::resolveSaved(VjpOp op, Callee callee) {
  bool isOutput = op.getSave() == "output";
  if (op.getOrder() > 0)
    return op.emitOpError("save = \"")
           << op.getSave() << "\" is for the function itself; use save = "
           << "\"input\" for the backward of a derivative";
  if (callee.axis)
    return resolveSavedRow(op, callee);
  FailureOr<SavedForm> form = savedForm(op, callee, op.getSave());
  if (failed(form))
    return failure();
  if (!isByInput(op, callee))
    return op.emitOpError("save = \"")
           << op.getSave() << "\" gives the gradient of the input only; save "
           << "the input for those of parameters";
  // The saved value takes the place of x; its gradient is that of x.
  unsigned known = callee.names.size();
  Result result;
  result.name = callee.names[0];
  result.isReduced = true;
  result.value = graph.mul(graph.argument(known), form->derivative);
  callee.names[0] = StringAttr::get(context, isOutput ? "output" : "mask");
  SmallVector<unsigned> arguments = {0, known};
  for (unsigned i = 1; i < known; ++i)
    arguments.push_back(i);
  FuncOp func = write(op, op.getSymName(), callee, arguments, 2, {result},
                      cotangentsOf(callee));
  Builder builder(context);
  if (!isOutput)
    func.setArgAttr(0, kStorageAttr, TypeAttr::get(builder.getI1Type()));
  for (const ParameterRange &range : form->ranges)
    func.setArgAttr(range.argument + 1, kRangeAttr,
                    builder.getStringAttr(range.text()));
  return func;
}

/// Of a function of a row the gradient itself, not a factor of it, is told by
/// the output.
FailureOr<FuncOp> Deriver::resolveSavedRow(VjpOp op, Callee callee) {
  unsigned known = callee.names.size();
  Result result;
  if (op.getSave() == "output" && callee.numInputs == 1 &&
      callee.results.size() == 1 && isByInput(op, callee))
    result.value = graph.gradientFromOutput(
        callee.results[0], graph.argument(0), graph.argument(known));
  if (!result.value)
    return op.emitOpError("save = \"")
           << op.getSave()
           << "\" is not legal for this function of a row; \"output\" is for "
              "softmax and log_softmax of an input times a number, and input "
              "and recompute for all";
  result.name = callee.names[0];
  result.isReduced = true;
  callee.names[0] = StringAttr::get(context, "output");
  SmallVector<unsigned> arguments = {0, known};
  for (unsigned i = 1; i < known; ++i)
    arguments.push_back(i);
  return write(op, op.getSymName(), callee, arguments, 2, {result},
               cotangentsOf(callee));
}
