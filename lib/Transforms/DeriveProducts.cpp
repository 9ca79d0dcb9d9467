//===- DeriveProducts.cpp - Vector-Jacobian products and their transposes -===//
//
// A VJP J^T v is linear in v, so that its own VJP by v, with a cotangent t, is
// J t: the JVP. One set of rules serves both.
//
//===----------------------------------------------------------------------===//

#include "Deriver.h"

using namespace mlir;
using namespace act;
using sym::Expr;

/// Named "cotangent", or after the first and in a backward of a backward
/// "cotangent2" and so on.
SmallVector<AddedInput> Deriver::cotangentsOf(const Callee &callee) {
  SmallVector<AddedInput> added;
  for (unsigned n = 1; added.size() < callee.results.size(); ++n) {
    auto name =
        StringAttr::get(context, "cotangent" + (n == 1 ? Twine() : Twine(n)));
    // The cotangent of what is one value a row is one, too.
    if (!llvm::is_contained(callee.names, name))
      added.push_back({name, callee.axis ? callee.rowMarks[added.size()] : ""});
  }
  return added;
}

FailureOr<SmallVector<unsigned>>
Deriver::wantedArguments(Operation *op, const Callee &callee,
                         std::optional<ArrayAttr> wrt) {
  SmallVector<unsigned> wanted;
  if (!wrt) {
    for (unsigned i = 0; i < callee.numInputs; ++i)
      if (callee.isDifferentiable(i))
        wanted.push_back(i);
    return wanted;
  }
  for (StringAttr name : wrt->getAsRange<StringAttr>()) {
    unsigned i = llvm::find(callee.names, name) - callee.names.begin();
    if (i == callee.names.size())
      return op->emitOpError("the function has no input or parameter ") << name;
    if (!callee.isDifferentiable(i))
      return op->emitOpError("input ")
             << name
             << " holds whole numbers, by which nothing is "
                "differentiated";
    wanted.push_back(i);
  }
  return wanted;
}

FailureOr<FuncOp> Deriver::resolve(VjpOp op) {
  FailureOr<Callee> callee = load(op, op.getCallee());
  if (failed(callee))
    return failure();
  if (op.getSave() == "output" || op.getSave() == "mask")
    return resolveSaved(op, *callee);
  unsigned known = callee->names.size();
  if (op.getOrder() > 0) {
    if (failed(checkElementwise(op, *callee)))
      return failure();
    if (callee->numInputs != 1 || callee->results.size() != 1)
      return op.emitOpError("order needs a function of one input and one "
                            "result");
    auto all = derivatives(op, callee->results[0], 0, op.getOrder());
    if (failed(all) ||
        failed(checkVaries(op, *callee, callee->results[0], (*all)[1], 0)))
      return failure();
    callee->results = {all->back()};
  }
  FailureOr<SmallVector<unsigned>> asked =
      wantedArguments(op, *callee, op.getWrt());
  if (failed(asked))
    return failure();
  SmallVector<unsigned> &wanted = *asked;
  SmallVector<unsigned> arguments =
      llvm::to_vector(llvm::seq<unsigned>(0, callee->numInputs));
  for (unsigned i : wanted)
    if (i >= callee->numInputs)
      arguments.push_back(i);
  SmallVector<Expr> cotangents;
  SmallVector<AddedInput> added = cotangentsOf(*callee);
  for (unsigned k = 0; k < callee->results.size(); ++k) {
    cotangents.push_back(graph.argument(known + k));
    arguments.push_back(known + k);
    if (!added[k].rowMark.empty())
      graph.markUniform(known + k);
  }
  unsigned numInputs = arguments.size();
  for (unsigned i = callee->numInputs; i < known; ++i)
    if (!llvm::is_contained(wanted, i))
      arguments.push_back(i);

  SmallVector<Expr> f = callee->results;
  if (op.getKink().value_or("taken") != "taken") {
    if (wanted.size() != 1)
      return op.emitOpError("one-sided derivatives are by one argument; name "
                            "it by wrt");
    for (Expr &e : f)
      e = graph.fromOneSide(e, wanted[0], *op.getKink() == "right");
  }
  SmallVector<Expr> gradients = graph.pullBack(f, cotangents, known);
  if (llvm::all_of(wanted,
                   [&](unsigned i) { return gradients[i]->isNumber(0); }))
    for (unsigned i : wanted)
      if (failed(checkVaries(op, *callee, f[0], gradients[i], i)))
        return failure();
  SmallVector<Result> results;
  for (unsigned i : wanted) {
    Result result;
    result.value = withNaN(*callee, gradients[i], i);
    result.name = callee->names[i];
    result.part = callee->parts[i];
    result.isReduced = true;
    results.push_back(result);
  }
  return write(op, op.getSymName(), *callee, arguments, numInputs, results,
               added);
}

FailureOr<FuncOp> Deriver::resolve(JvpOp op) {
  FailureOr<Callee> callee = load(op, op.getCallee());
  if (failed(callee))
    return failure();
  FailureOr<SmallVector<unsigned>> wanted =
      wantedArguments(op, *callee, op.getWrt());
  if (failed(wanted))
    return failure();
  unsigned known = callee->names.size();
  SmallVector<unsigned> arguments =
      llvm::to_vector(llvm::seq<unsigned>(0, callee->numInputs));
  for (unsigned i : *wanted)
    if (i >= callee->numInputs)
      arguments.push_back(i);
  SmallVector<Expr> tangents;
  SmallVector<AddedInput> added;
  for (auto [j, i] : llvm::enumerate(*wanted)) {
    std::string text = "tangent";
    if (wanted->size() > 1)
      text += "_" + (callee->names[i].empty() ? std::to_string(i)
                                              : callee->names[i].str());
    StringAttr name = StringAttr::get(context, text);
    // The function may be a Jacobian-vector product itself.
    for (unsigned n = 2; llvm::is_contained(callee->names, name); ++n)
      name = StringAttr::get(context, text + std::to_string(n));
    bool isUniform = graph.isUniform(graph.argument(i));
    added.push_back({name, isUniform ? StringRef(kUniformAttr) : ""});
    if (isUniform)
      graph.markUniform(known + j);
    tangents.push_back(graph.argument(known + j));
    arguments.push_back(known + j);
  }
  unsigned numInputs = arguments.size();
  for (unsigned i = callee->numInputs; i < known; ++i)
    if (!llvm::is_contained(*wanted, i))
      arguments.push_back(i);
  SmallVector<Result> results;
  for (Expr f : callee->results) {
    // What the cotangent of this result would be.
    unsigned c = known + tangents.size() + results.size();
    if (callee->axis && !callee->rowMarks[results.size()].empty())
      graph.markUniform(c);
    SmallVector<Expr> all = graph.pullBack({f}, {graph.argument(c)}, known),
                      gradients;
    for (unsigned i : *wanted)
      gradients.push_back(all[i]);
    Result result;
    result.value = graph.pullBack(gradients, tangents, c + 1)[c];
    if (graph.dependsOn(result.value, c))
      return op.emitOpError("the backward of the function is not linear in its "
                            "cotangent; this is a defect in its rules");
    for (unsigned i : *wanted)
      result.value = withNaN(*callee, result.value, i);
    result.isDropped =
        callee->axis && callee->rowMarks[results.size()] == kDroppedAttr;
    results.push_back(result);
  }
  return write(op, op.getSymName(), *callee, arguments, numInputs, results,
               added);
}
