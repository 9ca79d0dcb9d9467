//===- WidenHalves.cpp - 16-bit elements to words -------------------------===//
//
// A GPU has no registers of 16 bits: an element that leaves its word, is
// extended and shifted takes up to three instructions where one does.
//
//   %e = extractelement <8 x i16> %v, i32 3
//   %z = zext i16 %e to i32
//   %s = shl i32 %z, 16
// becomes
//   %words = bitcast <8 x i16> %v to <4 x i32>
//   %word = extractelement <4 x i32> %words, i32 1
//   %s = and i32 %word, -65536          ; shl i32 %word, 16 for even elements
//
// and the same of a whole vector
//   %s = bitcast <16 x i16> (0, %v[0], 0, %v[1], ...) to <8 x i32>
//
//===----------------------------------------------------------------------===//

#include "WidenHalves.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/PatternMatch.h"
#include "llvm/Transforms/Utils/Local.h"

using namespace llvm;
using namespace llvm::PatternMatch;

static FixedVectorType *vectorOfHalves(Type *type) {
  auto *vector = dyn_cast<FixedVectorType>(type);
  return vector && vector->getElementType()->isIntegerTy(16) ? vector : nullptr;
}

/// The upper halves of words, given all of a vector's elements.
static Value *interleaved(IRBuilder<> &builder, Value *halves, Type *result) {
  unsigned count = vectorOfHalves(halves->getType())->getNumElements();
  SmallVector<int, 32> mask;
  for (unsigned i = 0; i < count; ++i)
    mask.append({int(count), int(i)});
  Value *zeros = Constant::getNullValue(halves->getType());
  return builder.CreateBitCast(builder.CreateShuffleVector(halves, zeros, mask),
                               result);
}

/// One element, by an operation on the word it lies in.
static Value *ofWord(IRBuilder<> &builder, Value *halves, uint64_t index) {
  unsigned words = vectorOfHalves(halves->getType())->getNumElements() / 2;
  Value *vector = builder.CreateBitCast(
      halves, FixedVectorType::get(builder.getInt32Ty(), words));
  Value *word = builder.CreateExtractElement(vector, index / 2);
  return index % 2 ? builder.CreateAnd(word, 0xffff0000)
                   : builder.CreateShl(word, 16);
}

void act::widenHalves(Function &function) {
  for (Instruction &shift : make_early_inc_range(instructions(function))) {
    Value *value, *halves;
    if (!match(&shift, m_Shl(m_ZExt(m_Value(value)), m_SpecificInt(16))) ||
        shift.getType()->getScalarSizeInBits() != 32)
      continue;
    IRBuilder<> builder(&shift);
    uint64_t index;
    Value *widened = nullptr;
    if (vectorOfHalves(value->getType()))
      widened = interleaved(builder, value, shift.getType());
    else if (match(value, m_ExtractElt(m_Value(halves), m_ConstantInt(index))))
      if (auto *type = vectorOfHalves(halves->getType());
          type && type->getNumElements() % 2 == 0 &&
          index < type->getNumElements())
        widened = ofWord(builder, halves, index);
    if (!widened)
      continue;
    shift.replaceAllUsesWith(widened);
    RecursivelyDeleteTriviallyDeadInstructions(&shift);
  }
}
