#include "Curves.h"
#include "Options.h"
#include "act/Analysis/MeanField.h"
#include "act/Analysis/Switches.h"
#include <chrono>
using namespace act; using namespace act::report;
std::optional<Report> act::report::reportInit(const Options &options) {
  std::unique_ptr<Subject> subject = Subject::load(options, "init");
  if (!subject) return std::nullopt;
  auto curves = Curves::create(*subject, "init", 1);
  if (!curves) return std::nullopt;
  MpfrPrecision scope(192);
  auto now=[]{return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();};
  double t0=now();
  auto breaks = findSwitches<MpfrNumber>(curves->getTape());
  double t1=now();
  auto m = gaussianMoments<MpfrNumber>(curves->exact(), MpfrNumber(1.0), breaks);
  double t2=now();
  llvm::errs()<<"breaks "<<t1-t0<<" moments "<<t2-t1<<"\n";
  std::vector<Quad> qb; for (auto&b:breaks) qb.push_back(quadOf(b));
  Curve<Quad> quick = curves->quick();
  MeanField<Quad> field(quick, qb);
  double gain2 = 1/NumberTraits<MpfrNumber>::toDouble(m.meanF2);
  for (double v : {1.0, 2.0, gain2}) {
    double t3=now();
    auto l = field.run(v, 1, 10);
    double t4=now();
    llvm::errs() << v << " q10 " << l.q << " grad " << l.gradient << " any " << field.keepsAll(v);
    double t5=now();
    for (auto f : field.fixedPoints(v)) llvm::errs() << " [" << f.q << " chi " << f.chi << " slope " << f.slope << "]";
    double t6=now();
    llvm::errs() << "  " << t4-t3 << " " << t5-t4 << " " << t6-t5<< "\n";
  }
  return Report{};
}
