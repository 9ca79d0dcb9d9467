//===- LayoutCases.cpp - Any width, alignment, stride and size ------------===//
//
// The result of an element depends on nothing but its input: wherever arrays
// lie, the bits are those of dense, aligned ones, which RowCases.cpp judges.
//
//===----------------------------------------------------------------------===//

#include "Inputs.h"
#include "Suite.h"
#include "llvm/Support/FormatVariadic.h"

using namespace act;
using namespace act::gpucheck;
using llvm::Error;
using llvm::Expected;

namespace {
/// How an array lies in its memory: elements before it, from one column to the
/// next, and behind each row.
struct Placement {
  int64_t offset = 0, step = 1, gap = 0;

  int64_t pitch(int64_t columns) const { return columns * step + gap; }
  int64_t place(int64_t i, int64_t columns) const {
    return offset + i / columns * pitch(columns) + i % columns * step;
  }
};

/// Runs silu over arrays that lie in any way.
class LayoutCheck {
public:
  LayoutCheck(const Place &place, DType type) : place(place), type(type) {}

  Error start();
  /// One run. With `inPlace` the result replaces the input.
  Error check(int64_t rows, int64_t columns, Placement in, Placement out,
              bool inPlace = false);
  Outcome outcome() const;

private:
  Expected<tools::Array> filled(int64_t size) const;

  const Place &place;
  DType type;
  std::optional<Kernel> kernel;
  int64_t runs = 0;
  std::string problem;
};
} // namespace

Error LayoutCheck::start() {
  Expected<Kernel> compiled = Kernel::compile(place, {"silu"}, type);
  if (!compiled)
    return compiled.takeError();
  kernel.emplace(std::move(*compiled));
  return Error::success();
}

/// What nothing may read or write, and what no result is.
static constexpr double kUntouched = -7;

Expected<tools::Array> LayoutCheck::filled(int64_t size) const {
  auto array = tools::allocate(elementTypeOf(type), {size});
  for (int64_t i = 0; array && i < size; ++i)
    array->set(i, kUntouched);
  return array;
}

Error LayoutCheck::check(int64_t rows, int64_t columns, Placement in,
                         Placement out, bool inPlace) {
  int64_t size = rows * columns;
  auto x = tools::loadInput(llvm::formatv("uniform:-12:12:3:{0}", size).str(),
                            elementTypeOf(type));
  if (!x)
    return x.takeError();
  auto y = filled(size);
  if (!y)
    return y.takeError();
  if (Error error = kernel->run(place, {size}, {{&*x, {1}}, {&*y, {1}}}))
    return error;

  auto memoryOf = [&](Placement where) {
    return filled(where.offset + rows * where.pitch(columns) + 8);
  };
  auto from = memoryOf(in);
  if (!from)
    return from.takeError();
  auto to = memoryOf(out);
  if (!to)
    return to.takeError();
  for (int64_t i = 0; i < size; ++i)
    from->set(in.place(i, columns), x->get(i));
  tools::Array &target = inPlace ? *from : *to;
  auto view = [&](tools::Array &array, Placement where) {
    return View{&array, {where.pitch(columns), where.step}, where.offset};
  };
  if (Error error = kernel->run(place, {rows, columns},
                                {view(*from, in), view(target, out)}))
    return error;
  ++runs;
  std::vector<bool> isResult(target.size());
  std::string where =
      llvm::formatv("{0} rows of {1}, input {2}+{3}, result {4}+{5}: ", rows,
                    columns, in.offset, in.step, out.offset, out.step);
  for (int64_t i = 0; i < size; ++i) {
    int64_t at = out.place(i, columns);
    isResult[at] = true;
    if (y->get(i) == kUntouched && problem.empty())
      problem = where + "dense arrays get no results";
    if (target.get(at) != y->get(i) && problem.empty())
      problem = where + "element " + std::to_string(i) + " is another";
  }
  for (int64_t at = 0; at < target.size(); ++at)
    if (!isResult[at] && target.get(at) != kUntouched && problem.empty())
      problem = where + "something between or behind rows was written";
  return Error::success();
}

Outcome LayoutCheck::outcome() const {
  if (!problem.empty())
    return {Outcome::Failed, problem};
  return {Outcome::Passed, std::to_string(runs) + " layouts, the same bits"};
}

static const int64_t kWidths[] = {1,  2,  3,   7,   8,   9,    15,   16,
                                  17, 31, 127, 128, 129, 1000, 1003, 4099};

static Error checkWidths(LayoutCheck &check) {
  for (int64_t columns : kWidths)
    for (int64_t rows : {1, 3})
      for (int64_t gap : {0, 1, 8})
        if (Error error = check.check(rows, columns, {0, 1, gap}, {0, 1, gap}))
          return error;
  return Error::success();
}

static Error checkOffsets(LayoutCheck &check) {
  for (int64_t in : {0, 1, 3, 4, 8})
    for (int64_t out : {0, 1, 2, 7, 8})
      for (int64_t columns : {5, 1003})
        if (Error error = check.check(2, columns, {in}, {out}))
          return error;
  return Error::success();
}

static Error checkStrides(LayoutCheck &check) {
  for (int64_t in : {1, 2, 3})
    for (int64_t out : {1, 2, 5})
      for (int64_t columns : {1, 9, 1003})
        if (Error error = check.check(3, columns, {1, in, 2}, {0, out, 3}))
          return error;
  return Error::success();
}

static Error checkInPlace(LayoutCheck &check) {
  for (int64_t columns : kWidths)
    for (Placement where : {Placement{}, Placement{1, 1, 1}, Placement{0, 2}})
      if (Error error = check.check(3, columns, where, where, true))
        return error;
  return Error::success();
}

/// Starts a kernel of one input and one result in memory of the place.
static Error start(const Place &place, const Kernel &kernel,
                   const std::vector<int64_t> &shape, const void *from,
                   int64_t fromStride, void *to, int64_t toStride) {
  Expected<GpuRunner> runner =
      kernel.createRunner(shape, {{fromStride}, {toStride}});
  if (!runner)
    return runner.takeError();
  void *operands[] = {const_cast<void *>(from), to};
  return runner->run(operands, nullptr, nullptr, place.getStream().get());
}

/// In place over more than 2^31 elements: values that a kernel scatters over
/// all of them with 64-bit strides, and another gathers.
static Expected<Outcome> checkSize(const Place &place, DType type) {
  constexpr int64_t kSize = (int64_t(1) << 31) + 4099, kSpread = 1024;
  if (!place.getDevice())
    return Outcome{Outcome::Skipped, "needs a device"};
  size_t bytes = kSize * sizeOf(type);
  if (place.getDevice()->info().memoryBytes < 2 * bytes)
    return Outcome{Outcome::Skipped, "the device has too little memory"};
  Expected<Kernel> silu = Kernel::compile(place, {"silu"}, type);
  if (!silu)
    return silu.takeError();
  Expected<Kernel> copy = Kernel::compile(place, {"x"}, type);
  if (!copy)
    return copy.takeError();
  auto x =
      tools::loadInput(llvm::formatv("uniform:-12:12:3:{0}", kSpread).str(),
                       elementTypeOf(type));
  if (!x)
    return x.takeError();
  tools::Array y = cantFail(tools::allocate(x->type, x->shape));
  tools::Array z = cantFail(tools::allocate(x->type, x->shape));
  if (Error error = silu->run(place, {kSpread}, {{&*x, {1}}, {&y, {1}}}))
    return std::move(error);
  Expected<CudaBuffer> large = CudaBuffer::allocate(place.getDevice(), bytes);
  if (!large)
    return large.takeError();
  Expected<CudaBuffer> small =
      CudaBuffer::allocate(place.getDevice(), kSpread * sizeOf(type));
  if (!small)
    return small.takeError();
  int64_t stride = (kSize - 1) / (kSpread - 1);
  // The last elements of all.
  auto *base = static_cast<char *>(large->data()) +
               (kSize - 1 - stride * (kSpread - 1)) * sizeOf(type);
  if (Error error = large->fill(0x3f, place.getStream()))
    return std::move(error);
  if (Error error = small->upload(x->data(), place.getStream()))
    return std::move(error);
  if (Error error =
          start(place, *copy, {kSpread}, small->data(), 1, base, stride))
    return std::move(error);
  if (Error error =
          start(place, *silu, {kSize}, large->data(), 1, large->data(), 1))
    return std::move(error);
  if (Error error =
          start(place, *copy, {kSpread}, base, stride, small->data(), 1))
    return std::move(error);
  if (Error error = small->download(z.data(), place.getStream()))
    return std::move(error);
  std::string difference;
  if (!haveSameBits(z, y, difference))
    return Outcome{Outcome::Failed, difference};
  return Outcome{Outcome::Passed,
                 std::to_string(kSize) + " elements, 1024 compared"};
}

void act::gpucheck::addLayoutCases(std::vector<Case> &cases) {
  auto add = [&](const char *what, DType type, auto body) {
    cases.push_back({std::string("layout/") + what + "/" + nameOf(type),
                     type == DType::BF16, false,
                     [=](const Place &place) -> Expected<Outcome> {
                       LayoutCheck check(place, type);
                       if (Error error = check.start())
                         return std::move(error);
                       if (Error error = body(check))
                         return std::move(error);
                       return check.outcome();
                     }});
  };
  for (DType type : {DType::BF16, DType::F16, DType::F32}) {
    add("widths", type, checkWidths);
    add("offsets", type, checkOffsets);
    add("strides", type, checkStrides);
    add("in-place", type, checkInPlace);
  }
  for (DType type : {DType::BF16, DType::F32})
    cases.push_back(
        {std::string("layout/64-bit/") + nameOf(type), false, true,
         [=](const Place &place) { return checkSize(place, type); }});
}
