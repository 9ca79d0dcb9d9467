//===- SyntaxTestUtil.h - What the tests of the language share --*- C++ -*-===//
#ifndef ACT_TEST_UNIT_SYNTAXTESTUTIL_H
#define ACT_TEST_UNIT_SYNTAXTESTUTIL_H

#include "act/Syntax/Parser.h"
#include "act/Syntax/Printer.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include "gtest/gtest.h"

/// A context that parses without threads.
struct SyntaxTest : testing::Test {
  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};

  /// The module of a source that must be valid.
  mlir::OwningOpRef<mlir::ModuleOp> parse(llvm::StringRef text,
                                          bool definesRows = false) {
    act::SourceDiagnostic diagnostic;
    act::ParseOptions options;
    options.diagnostic = &diagnostic;
    options.definesRows = definesRows;
    auto module = act::parseSource(text, &context, options);
    EXPECT_TRUE(module) << text.str() << ": " << diagnostic.message;
    if (module)
      EXPECT_TRUE(succeeded(mlir::verify(*module))) << text.str();
    return module;
  }

  /// The error of a source that must not be valid.
  act::SourceDiagnostic failure(llvm::StringRef text) {
    act::SourceDiagnostic diagnostic;
    act::ParseOptions options;
    options.diagnostic = &diagnostic;
    EXPECT_FALSE(act::parseSource(text, &context, options)) << text.str();
    return diagnostic;
  }

  /// The public function of a module.
  static act::FuncOp mainOf(mlir::ModuleOp module) {
    for (act::FuncOp func : module.getOps<act::FuncOp>())
      if (!func.isPrivate())
        return func;
    return nullptr;
  }

  /// The source as the printer spells it.
  std::string reprint(llvm::StringRef text) {
    auto module = parse(text);
    return module ? act::printSource(*module) : "";
  }
};

#endif // ACT_TEST_UNIT_SYNTAXTESTUTIL_H
