//===- SweepState.cpp - A sweep that goes on where it stopped -------------===//

#include "SweepState.h"
#include "OutputFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace act::report;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
namespace json = llvm::json;

namespace {
/// Numbers on their way into a file, in a fixed order. A double is its bits: it
/// must come back as it was.
class Writer {
public:
  void operator()(uint64_t &x) { numbers.push_back(llvm::utohexstr(x)); }
  void operator()(double &x) {
    uint64_t bits = llvm::bit_cast<uint64_t>(x);
    (*this)(bits);
  }
  json::Array numbers;
};

/// And back. What is missing or no number makes it fail.
class Reader {
public:
  explicit Reader(const json::Array &numbers) : numbers(numbers) {}

  void operator()(uint64_t &x) {
    std::optional<llvm::StringRef> text;
    if (next < numbers.size())
      text = numbers[next].getAsString();
    failed |= !text || text->getAsInteger(16, x);
    ++next;
  }
  void operator()(double &x) {
    uint64_t bits = 0;
    (*this)(bits);
    x = llvm::bit_cast<double>(bits);
  }
  bool succeeded() const { return !failed && next == numbers.size(); }

private:
  const json::Array &numbers;
  size_t next = 0;
  bool failed = false;
};
} // namespace

/// Names every number of a result once, for writing and reading.
template <class Each>
static void forEachNumber(SweepResult &result, Each &each) {
  for (Tally &tally : result.regions) {
    for (uint64_t *count :
         {&tally.inputs, &tally.misrounded, &tally.wrongSigns, &tally.nonFinite,
          &tally.orderBreaks, &tally.symmetryBreaks, &tally.beyondBound,
          &tally.notJudged})
      each(*count);
    each(tally.sumUlp);
    Worst &worst = tally.worst;
    for (double *number :
         {&worst.ulp, &worst.x, &worst.result, &worst.exact, &worst.bound})
      each(*number);
  }
  Sources &sources = result.sources;
  for (uint64_t *count : {&sources.byDouble, &sources.byBinary128,
                          &sources.byMpfr, &sources.checked})
    each(*count);
  for (double *number :
       {&sources.apartUlp, &sources.apartOfBound, &sources.apartAt})
    each(*number);
  for (SweepColumn &column : result.columns) {
    each(column.place);
    each(column.maxUlp);
  }
}

Error SweepState::write(uint64_t blocks, const SweepResult &result) const {
  SweepResult copy = result;
  Writer writer;
  forEachNumber(copy, writer);
  json::Object properties;
  for (const auto &[name, text] : sweep)
    properties[name] = text;
  json::Object state{{"sweep", std::move(properties)},
                     {"blocks", int64_t(blocks)},
                     {"columns", int64_t(copy.columns.size())},
                     {"numbers", std::move(writer.numbers)}};
  return tools::writeWhole(path, [&](llvm::raw_ostream &os) {
    os << json::Value(std::move(state)) << "\n";
  });
}

Expected<uint64_t> SweepState::read(SweepResult &result) const {
  auto refuse = [&](const llvm::Twine &why) {
    return createStringError("cannot go on from '" + path + "': " + why);
  };
  auto text = llvm::MemoryBuffer::getFile(path);
  if (text.getError() == std::errc::no_such_file_or_directory)
    return 0;
  if (std::error_code code = text.getError())
    return refuse(code.message());
  Expected<json::Value> value = json::parse((*text)->getBuffer());
  const json::Object *state = value ? value->getAsObject() : nullptr;
  const json::Object *properties = state ? state->getObject("sweep") : nullptr;
  if (!properties) {
    if (!value)
      llvm::consumeError(value.takeError());
    return refuse("it is no state of a sweep; name another file");
  }
  for (const auto &[name, mine] : sweep) {
    llvm::StringRef other = properties->getString(name).value_or("");
    if (other != mine)
      return refuse("it is of a sweep whose " + name + " is '" + other +
                    "', and here that is '" + mine +
                    "'; repeat the command that wrote it, or name another "
                    "file to begin anew");
  }
  std::optional<int64_t> blocks = state->getInteger("blocks"),
                         columns = state->getInteger("columns");
  const json::Array *numbers = state->getArray("numbers");
  if (!blocks || !columns || !numbers || *blocks < 0 || *columns < 0 ||
      uint64_t(*columns) > numbers->size())
    return refuse("it is damaged; delete it to begin anew");
  SweepResult read;
  read.columns.resize(*columns);
  Reader reader(*numbers);
  forEachNumber(read, reader);
  if (!reader.succeeded())
    return refuse("it is damaged; delete it to begin anew");
  result = std::move(read);
  return uint64_t(*blocks);
}
