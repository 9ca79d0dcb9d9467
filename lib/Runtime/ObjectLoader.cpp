//===- ObjectLoader.cpp - Machine code becomes functions ------------------===//

#include "act/Runtime/ObjectLoader.h"
#include "llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h"
#include "llvm/ExecutionEngine/Orc/Core.h"
#include "llvm/ExecutionEngine/Orc/ExecutorProcessControl.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/Support/raw_ostream.h"
#include <atomic>

using namespace act;
using namespace llvm;

/// What the session reports while this thread loads an object. Errors that
/// lookups return say that something failed, and these say what.
static thread_local std::string *reports = nullptr;

static void report(Error error) {
  std::string text = toString(std::move(error));
  if (reports)
    *reports += text;
  else
    errs() << "object linker: " << text << "\n";
}

namespace {

/// The process's session. It is never destroyed: kernels may outlive main.
class Loader {
public:
  static Expected<Loader *> get() {
    static Expected<Loader *> *loader = [] {
      return new Expected<Loader *>(create());
    }();
    if (*loader)
      return **loader;
    return createStringError("the object linker could not start");
  }

  Expected<std::unique_ptr<LoadedObject>>
  load(std::unique_ptr<MemoryBuffer> object, StringRef symbol,
       ArrayRef<HostFunction> functions);

  static Expected<Loader *> create() {
    auto control = orc::SelfExecutorProcessControl::Create();
    if (!control)
      return control.takeError();
    return new Loader(std::move(*control));
  }

private:
  explicit Loader(std::unique_ptr<orc::ExecutorProcessControl> control)
      : session(std::move(control)), layer(session) {
    session.setErrorReporter(report);
  }

  orc::ExecutionSession session;
  orc::ObjectLinkingLayer layer;
  std::atomic<unsigned> counter{0};
};

class TrackedObject : public LoadedObject {
public:
  TrackedObject(orc::JITDylib &dylib, orc::ResourceTrackerSP tracker,
                const void *symbol)
      : dylib(dylib), tracker(std::move(tracker)), symbol(symbol) {}
  ~TrackedObject() override {
    // Nothing can be told to anyone here; the memory merely stays.
    consumeError(tracker->remove());
    consumeError(dylib.getExecutionSession().removeJITDylib(dylib));
  }
  const void *address() const override { return symbol; }

private:
  orc::JITDylib &dylib;
  orc::ResourceTrackerSP tracker;
  const void *symbol;
};

} // namespace

Expected<std::unique_ptr<LoadedObject>>
Loader::load(std::unique_ptr<MemoryBuffer> object, StringRef symbol,
             ArrayRef<HostFunction> functions) {
  orc::JITDylib &dylib =
      session.createBareJITDylib("kernel" + std::to_string(counter++));
  orc::SymbolMap symbols;
  for (const HostFunction &function : functions)
    symbols[session.intern(function.name)] = {
        orc::ExecutorAddr::fromPtr(function.address),
        JITSymbolFlags::Exported | JITSymbolFlags::Callable};
  cantFail(dylib.define(orc::absoluteSymbols(std::move(symbols))));
  orc::ResourceTrackerSP tracker = dylib.createResourceTracker();
  if (Error error = layer.add(tracker, std::move(object)))
    return std::move(error);
  std::string why;
  reports = &why;
  auto found = session.lookup({&dylib}, session.intern(symbol));
  reports = nullptr;
  if (!found) {
    consumeError(session.removeJITDylib(dylib));
    std::string message = toString(found.takeError());
    return createStringError(why.empty() ? message : why);
  }
  return std::make_unique<TrackedObject>(
      dylib, tracker, found->getAddress().toPtr<const void *>());
}

Expected<std::unique_ptr<LoadedObject>>
act::loadObject(std::unique_ptr<MemoryBuffer> object, StringRef symbol,
                ArrayRef<HostFunction> functions) {
  Expected<Loader *> loader = Loader::get();
  if (!loader)
    return loader.takeError();
  return (*loader)->load(std::move(object), symbol, functions);
}
