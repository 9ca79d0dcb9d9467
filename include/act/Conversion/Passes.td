//===- Passes.td - Passes that leave the act dialect -------*- tablegen -*-===//
#ifndef ACT_CONVERSION_PASSES_TD
#define ACT_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def ActStructure : Pass<"act-structure", "::mlir::ModuleOp"> {
  let summary = "Turns approximated functions into loops over elements";
  let description = [{
    Each public act.func becomes a func.func with the kernel calling convention
    of act/KernelABI.h: a loop that loads one element of each input, runs the
    body and stores the results. Storage of 16 bits is converted to the compute
    type at the loads and stores. What is stored of a result marked `act.stats`
    is counted. With `flush` subnormal inputs are read as zeros of their sign,
    and subnormal results become zeros of their sign, whatever FTZ and DAZ say.
  }];
  let options = [
    Option<"flush", "flush", "bool", /*default=*/"false",
           "Subnormal inputs and results are zeros">,
    Option<"rowsInLanes", "rows-in-lanes", "bool", /*default=*/"false",
           "Rows of a function of a row stand side by side in memory">,
    Option<"rowsInStrips", "rows-in-strips", "bool", /*default=*/"false",
           "Such rows are some vectors wide, and read and written as they are">,
    Option<"recompute", "recompute", "bool", /*default=*/"false",
           "No value of an element is kept from one phase to the next">
  ];
  let dependentDialects = ["::mlir::func::FuncDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::LLVM::LLVMDialect"];
}

def ActVectorize : Pass<"act-vectorize", "::mlir::ModuleOp"> {
  let summary = "Retypes the element loop to vectors";
  let description = [{
    The loop marked `act.elementwise` advances by `width` elements and every
    operation in it works on vectors of that many. Small tables become
    permutes or byte look-ups where `level` has them, other ones gathers.
  }];
  let options = [
    Option<"level", "level", "std::string", /*default=*/"\"x86-64-v3\"",
           "CPU level">,
    Option<"width", "width", "unsigned", /*default=*/"8",
           "Elements a vector">
  ];
  let dependentDialects = ["::mlir::vector::VectorDialect"];
}

def ActConvertToLLVM : Pass<"act-convert-to-llvm", "::mlir::ModuleOp"> {
  let summary = "Converts kernels to the LLVM dialect in one pass";
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def ActDistribute : Pass<"act-distribute", "::mlir::ModuleOp"> {
  let summary = "Turns approximated functions into GPU kernels";
  let description = [{
    Each public act.func becomes a kernel in `gpu.module @act` with the
    parameters that act/KernelABI.h states. A thread has a chunk of elements,
    which it loads and stores by 16 bytes where they are neighbours and aligned.
    Storage of 16 bits is converted to the compute type there. With `flush`
    subnormal inputs are read as zeros of their sign, and subnormal results
    become zeros of their sign. With `kernels` only those are written, each
    named by what stands behind the function's name (act/GpuKernelNames.h).
  }];
  let options = [
    Option<"chip", "chip", "std::string", /*default=*/"\"sm_90\"",
           "SM version">,
    Option<"flush", "flush", "bool", /*default=*/"false",
           "Subnormal inputs and results are zeros">,
    ListOption<"kernels", "kernels", "std::string",
               "Kernels to write; all if empty">
  ];
  let dependentDialects = ["::mlir::gpu::GPUDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::NVVM::NVVMDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

def ActConvertToNVVM
    : Pass<"act-convert-to-nvvm", "::mlir::gpu::GPUModuleOp"> {
  let summary = "Converts GPU kernels to the NVVM dialect in one pass";
  let description = [{
    `act.nv` becomes calls of functions that stand for instructions: up to the
    last step before PTX a kernel runs on the host as well.
  }];
}

#endif // ACT_CONVERSION_PASSES_TD
