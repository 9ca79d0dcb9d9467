//===- Samples.cpp - Points of a function that nobody named ---------------===//

#include "Samples.h"
#include "Curves.h"
#include "Inputs.h"
#include "Options.h"
#include "act/Reference/Ulp.h"
#include "llvm/ADT/STLExtras.h"

using namespace act;
using namespace act::report;
using llvm::Expected;
using llvm::StringRef;

/// Of a formula, and how far out.
static constexpr int kGridPoints = 1001;
static constexpr double kGridEnd = 10;

static double largest(const std::vector<double> &values) {
  double size = 0;
  for (double value : values)
    size = std::max(size, std::fabs(value));
  return size;
}

size_t Samples::numPlaces() const {
  size_t count = x.empty() ? 0 : 1;
  for (size_t i = 1; i < x.size(); ++i)
    count += x[i] != x[i - 1];
  return count;
}

double Samples::largestX() const { return largest(x); }
double Samples::largestY() const { return largest(y); }

double Samples::tolerance() const {
  return type == DType::F16 || type == DType::BF16 ? 2 : 8;
}

Samples Samples::thinned(size_t count) const {
  if (size() <= count)
    return *this;
  Samples few;
  few.type = type;
  for (size_t i = 0; i < count; ++i) {
    size_t place = i * (size() - 1) / (count - 1);
    few.x.push_back(x[place]);
    few.y.push_back(y[place]);
  }
  return few;
}

/// Arrays of a wide type often hold what a narrow one computed.
static DType narrowestOf(const Samples &samples) {
  for (DType type : {DType::F16, DType::BF16, DType::F32}) {
    auto holds = [type](double value) { return isRepresentable(value, type); };
    if (formatOf(type).precision < formatOf(samples.type).precision &&
        llvm::all_of(samples.x, holds) && llvm::all_of(samples.y, holds))
      return type;
  }
  return samples.type;
}

Samples act::report::makeSamples(std::vector<std::pair<double, double>> points,
                                 DType type) {
  Samples samples;
  size_t count = points.size();
  llvm::erase_if(points, [](const std::pair<double, double> &point) {
    return !std::isfinite(point.first) || !std::isfinite(point.second);
  });
  llvm::sort(points);
  samples.leftOut = count - points.size();
  for (auto [x, y] : points) {
    samples.x.push_back(x);
    samples.y.push_back(y);
  }
  samples.type = type;
  samples.type = narrowestOf(samples);
  return samples;
}

static Expected<Samples> readArray(StringRef source) {
  Expected<tools::Array> array = tools::loadInput(source, std::nullopt);
  if (!array)
    return array.takeError();
  auto isOf = [&](tools::ElementType type) { return array->type == type; };
  using tools::ElementType;
  if (isOf(ElementType::I32) || isOf(ElementType::I64) ||
      isOf(ElementType::Bool))
    return llvm::createStringError(
        "--samples=" + source + " holds " + tools::nameOf(array->type) +
        ", and samples are floating-point numbers; save "
        "array.astype(numpy.float64)");
  DType type = isOf(ElementType::F64)   ? DType::F64
               : isOf(ElementType::F32) ? DType::F32
               : isOf(ElementType::F16) ? DType::F16
                                        : DType::BF16;
  if (array->shape.size() != 2 || array->shape[1] != 2)
    return llvm::createStringError(
        "--samples=" + source + " has shape " +
        tools::formatShape(array->shape) +
        "; samples are N x 2, a row for each x and its y: save "
        "numpy.stack([x, y], axis=1)");
  std::vector<std::pair<double, double>> points;
  for (int64_t i = 0; i < array->shape[0]; ++i)
    points.push_back({array->get(2 * i), array->get(2 * i + 1)});
  return makeSamples(std::move(points), type);
}

/// Denser towards 0, and nowhere a number at which functions are special.
static std::optional<Samples> sampleFormula(const Options &options) {
  Options ofFormula = options;
  ofFormula.sources = {options.samples};
  std::unique_ptr<Subject> subject = Subject::load(ofFormula, "identify");
  if (!subject)
    return std::nullopt;
  std::optional<Curves> curves = Curves::create(*subject, "identify", 0);
  if (!curves)
    return std::nullopt;
  Curve<Quad> curve = curves->quick();
  std::vector<std::pair<double, double>> points;
  for (int i = 0; i < kGridPoints; ++i) {
    double u = 2 * (i + 0.55) / kGridPoints - 1;
    double x = kGridEnd * u * (0.1 + 0.9 * u * u);
    points.push_back({x, double(curve.at(Quad(x))[0])});
  }
  return makeSamples(std::move(points), DType::F64);
}

std::optional<Samples> act::report::readSamples(const Options &options) {
  auto fail = [](const llvm::Twine &why) {
    llvm::errs() << "act-report: error: " << why << "\n";
    return std::nullopt;
  };
  if (!StringRef(options.samples).starts_with("@"))
    return sampleFormula(options);
  Expected<Samples> samples = readArray(options.samples);
  if (!samples)
    return fail(llvm::toString(samples.takeError()));
  return std::move(*samples);
}
