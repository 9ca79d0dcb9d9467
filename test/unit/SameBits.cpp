//===- SameBits.cpp - One kernel at all levels, bit by bit ----------------===//

#include "SameBits.h"
#include "Elements.h"
#include "llvm/ADT/APFloat.h"
#include <cstring>
#include <gtest/gtest.h>
#include <numeric>

using namespace act;
using namespace act::test;

static uint64_t signOf(DType type) {
  return uint64_t(1) << (8 * sizeOf(type) - 1);
}

/// The pattern of +infinity; those beyond, without the sign, are NaNs.
static uint64_t infinityOf(DType type) {
  return type == DType::F64   ? 0x7ff0000000000000
         : type == DType::F32 ? 0x7f800000
         : type == DType::F16 ? 0x7c00
                              : 0x7f80;
}

static Bytes toBytes(llvm::ArrayRef<uint64_t> bits, DType type) {
  Bytes bytes(bits.size() * sizeOf(type));
  for (size_t i = 0; i < bits.size(); ++i) // Little-endian.
    std::memcpy(&bytes[i * sizeOf(type)], &bits[i], sizeOf(type));
  return bytes;
}

static uint64_t bitsAt(const Bytes &bytes, size_t i, DType type) {
  uint64_t bits = 0;
  std::memcpy(&bits, &bytes[i * sizeOf(type)], sizeOf(type));
  return bits;
}

Bytes Patterns::bytes() const { return toBytes(bits, type); }

/// Fills up to whole vectors of every level.
static void fillUp(Patterns &patterns) {
  while (patterns.bits.size() % 64 != 0)
    patterns.bits.push_back(patterns.bits.front());
}

/// Adds 16 patterns on each side of one, of both signs.
static void addAround(Patterns &patterns, uint64_t bits) {
  uint64_t sign = signOf(patterns.type), mask = sign | (sign - 1);
  for (uint64_t k = 0; k <= 32; ++k)
    for (uint64_t s : {uint64_t(0), sign})
      patterns.bits.push_back(((bits + k - 16) & mask) ^ s);
}

Patterns act::test::patternsOf(DType type, size_t samples) {
  Patterns patterns{type, {}};
  if (sizeOf(type) == 2) {
    for (uint64_t bits = 0; bits < 65536; ++bits)
      patterns.bits.push_back(bits);
    return patterns;
  }
  // An odd distance, so that low bits vary, too.
  uint64_t all = signOf(type) * 2 - 1, distance = all / samples | 1;
  for (uint64_t i = 0; i < samples; ++i)
    patterns.bits.push_back(i * distance);
  uint64_t quiet = infinityOf(type) | (infinityOf(type) >> 1);
  for (uint64_t bits : {uint64_t(0), infinityOf(type), quiet, signOf(type) - 1})
    addAround(patterns, bits);
  std::vector<double> values = {0.1, 0.3, 1.702, 3, 6, 20, 88.7, 104, 709.8};
  for (int exponent = -150; exponent <= 130; exponent += 4)
    values.push_back(std::ldexp(1, exponent));
  Bytes bytes = packed(values, type);
  for (size_t i = 0; i < values.size(); ++i)
    addAround(patterns, bitsAt(bytes, i, type));
  fillUp(patterns);
  return patterns;
}

Patterns act::test::shuffled(Patterns patterns) {
  // A step that shares no factor with the size reaches every pattern.
  size_t size = patterns.bits.size(), step = size * 5 / 8 | 1;
  while (std::gcd(step, size) != 1)
    step += 2;
  std::vector<uint64_t> bits;
  for (size_t i = 0; i < size; ++i)
    bits.push_back(patterns.bits[(i * step + 17) % size]);
  patterns.bits = std::move(bits);
  return patterns;
}

void act::test::addSignChanges(Patterns &inputs, const CompileResult &kernel) {
  DType type = inputs.type;
  constexpr size_t kMostChanges = 64;
  auto isNegative = [&](uint64_t bits) {
    Bytes result = runHere(kernel, {toBytes(bits, type)});
    return (bitsAt(result, 0, type) & signOf(type)) != 0;
  };
  // Neighbouring samples of one sign are in the order of their magnitude.
  std::vector<uint64_t> sorted = inputs.bits;
  llvm::sort(sorted);
  Bytes results = runHere(kernel, {toBytes(sorted, type)});
  size_t found = 0;
  for (size_t i = 1; i < sorted.size() && found < kMostChanges; ++i) {
    uint64_t low = sorted[i - 1], high = sorted[i];
    bool isLowNegative = (bitsAt(results, i - 1, type) & signOf(type)) != 0;
    bool isHighNegative = (bitsAt(results, i, type) & signOf(type)) != 0;
    if (isLowNegative == isHighNegative)
      continue;
    while (high - low > 1) {
      uint64_t middle = low + (high - low) / 2;
      (isNegative(middle) == isLowNegative ? low : high) = middle;
    }
    addAround(inputs, high);
    ++found;
  }
  fillUp(inputs);
}

std::vector<size_t> act::test::differences(const Bytes &a, const Bytes &b,
                                           DType type, size_t &nans) {
  std::vector<size_t> found;
  EXPECT_EQ(a.size(), b.size());
  if (a.size() != b.size())
    return found;
  auto isNaN = [&](uint64_t bits) {
    return (bits & ~signOf(type)) > infinityOf(type);
  };
  for (size_t i = 0; i < a.size() / sizeOf(type); ++i) {
    uint64_t x = bitsAt(a, i, type), y = bitsAt(b, i, type);
    if (x != y && isNaN(x) && isNaN(y))
      ++nans;
    else if (x != y)
      found.push_back(i);
  }
  return found;
}

void act::test::expectSameBits(const Subject &subject, size_t samples) {
  DType type = subject.type;
  std::vector<CompileResult> here;
  for (const CpuLevel *level : hostLevels())
    here.push_back(compileFor(*level, subject));
  if (here.empty() || !here.front().kernel)
    return;
  Patterns first = patternsOf(type, samples);
  if (here.front().signature.numInputs == 1)
    addSignChanges(first, here.front());
  std::vector<Patterns> inputs = {first};
  while (inputs.size() < here.front().signature.numInputs)
    inputs.push_back(shuffled(inputs.back()));
  std::vector<Bytes> bytes;
  for (const Patterns &patterns : inputs)
    bytes.push_back(patterns.bytes());

  Bytes expected = runHere(here.front(), bytes);
  auto compare = [&](const CpuLevel &level, const Bytes &result) {
    std::string levelText = std::string(level.name) + " with " +
                            std::to_string(level.vectorBits) + " bits";
    size_t nans = 0;
    auto found = differences(expected, result, type, nans);
    if (nans > 0)
      printf("%s: %zu NaNs of other bits with %s\n", subject.text().c_str(),
             nans, levelText.c_str());
    if (found.empty())
      return;
    size_t i = found.front();
    std::string at;
    for (const Patterns &patterns : inputs)
      at += llvm::utohexstr(patterns.bits[i]) + " ";
    ADD_FAILURE() << subject.text() << ": " << found.size() << " of "
                  << first.bits.size() << " differ with " << levelText
                  << ", the first at " << at << std::hex
                  << bitsAt(expected, i, type) << " against "
                  << bitsAt(result, i, type);
  };
  std::vector<const CpuLevel *> levels = hostLevels();
  for (size_t k = 1; k < levels.size(); ++k)
    compare(*levels[k], runHere(here[k], bytes));

  const Emulator &emulator = Emulator::get();
  const CpuLevel &neon = *cpuLevelNamed("neon");
  if (hostSupports(neon))
    return;
  if (!emulator.missing().empty())
    GTEST_SKIP() << "only levels of this machine compared: "
                 << emulator.missing();
  auto object = compileFor(neon, subject, Product::Object);
  auto results = emulator.call(object, bytes);
  if (!results)
    ADD_FAILURE() << llvm::toString(results.takeError());
  else
    compare(neon, results->front());
}
