//===- Npy.cpp - NumPy's .npy files ---------------------------------------===//

#include "Npy.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MemoryBuffer.h"
#include <algorithm>
#include <cstring>

using namespace act::tools;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

static constexpr StringRef kMagic("\x93NUMPY", 6);

namespace {
/// What a header says.
struct Header {
  ElementType type = ElementType::F32;
  bool bigEndian = false, fortranOrder = false;
  std::vector<int64_t> shape;
};

/// Reads the Python dictionary literal of a header.
class HeaderParser {
public:
  HeaderParser(StringRef text, StringRef name) : text(text), name(name) {}
  Expected<Header> parse();

private:
  Error malformed(const Twine &what) {
    return createStringError("'" + name + "' has a malformed .npy header: " +
                             what + "; write it again with numpy.save");
  }
  bool accept(char c) {
    text = text.ltrim();
    return text.consume_front(StringRef(&c, 1));
  }
  Expected<StringRef> string();
  Error shape(Header &header);
  Error type(StringRef descr, Header &header);

  StringRef text, name;
};
} // namespace

Expected<StringRef> HeaderParser::string() {
  text = text.ltrim();
  char quote = text.empty() ? '\0' : text.front();
  size_t end = text.find(quote, 1);
  if ((quote != '\'' && quote != '"') || end == StringRef::npos)
    return malformed("expected a quoted text");
  StringRef value = text.slice(1, end);
  text = text.drop_front(end + 1);
  return value;
}

Error HeaderParser::shape(Header &header) {
  if (!accept('('))
    return malformed("'shape' is not a tuple");
  while (!accept(')')) {
    uint64_t dim;
    text = text.ltrim();
    if (text.consumeInteger(10, dim) || dim > uint64_t(INT64_MAX))
      return malformed("'shape' holds something other than sizes");
    (void)text.consume_front("L"); // Python 2 wrote long integers so.
    header.shape.push_back(int64_t(dim));
    if (header.shape.size() > 64)
      return malformed("'shape' has more than 64 dimensions");
    if (!accept(',')) {
      if (!accept(')'))
        return malformed("'shape' is not closed");
      break;
    }
  }
  return Error::success();
}

Error HeaderParser::type(StringRef descr, Header &header) {
  StringRef kind = descr;
  if (kind.consume_front(">"))
    header.bigEndian = true;
  else if (!kind.consume_front("<"))
    (void)(kind.consume_front("|") || kind.consume_front("="));
  constexpr std::pair<const char *, ElementType> kinds[] = {
      {"f8", ElementType::F64}, {"f4", ElementType::F32},
      {"f2", ElementType::F16}, {"V2", ElementType::BF16},
      {"i4", ElementType::I32}, {"i8", ElementType::I64},
      {"b1", ElementType::Bool}};
  for (auto [text, type] : kinds)
    if (kind == text) {
      header.type = type;
      return Error::success();
    }
  return createStringError(
      "'" + name + "' holds elements of type '" + descr +
      "'; expected f8, f4, f2, V2 (bf16), i4, i8 or b1, so convert it, for "
      "example with array.astype('f4')");
}

Expected<Header> HeaderParser::parse() {
  Header header;
  unsigned seen = 0;
  if (!accept('{'))
    return malformed("it is no dictionary");
  while (!accept('}')) {
    Expected<StringRef> key = string();
    if (!key)
      return key.takeError();
    if (!accept(':'))
      return malformed("a key has no value");
    if (*key == "descr") {
      text = text.ltrim();
      if (text.starts_with("["))
        return createStringError("'" + name + "' holds a structured array; "
                                 "save one field of it");
      Expected<StringRef> descr = string();
      if (!descr)
        return descr.takeError();
      if (Error error = type(*descr, header))
        return std::move(error);
      seen |= 1;
    } else if (*key == "fortran_order") {
      text = text.ltrim();
      header.fortranOrder = text.consume_front("True");
      if (!header.fortranOrder && !text.consume_front("False"))
        return malformed("'fortran_order' is neither True nor False");
      seen |= 2;
    } else if (*key == "shape") {
      header.shape.clear();
      if (Error error = shape(header))
        return std::move(error);
      seen |= 4;
    } else {
      return malformed("unknown key '" + *key + "'");
    }
    if (!accept(',')) {
      if (!accept('}'))
        return malformed("the dictionary is not closed");
      break;
    }
  }
  if (!text.trim().empty())
    return malformed("something follows the dictionary");
  if (seen != 7)
    return malformed("descr, fortran_order or shape is missing");
  return header;
}

/// Copies elements to C order in native byte order.
static void copyElements(const Header &header, const char *from, Array &to) {
  size_t bytes = sizeOf(header.type);
  int64_t count = to.size();
  char *out = static_cast<char *>(to.data());
  if (!header.fortranOrder) {
    std::memcpy(out, from, bytes * count);
  } else {
    std::vector<int64_t> index(header.shape.size(), 0);
    for (int64_t i = 0; i < count; ++i) {
      int64_t offset = 0;
      for (size_t d = header.shape.size(); d-- > 0;)
        offset = offset * header.shape[d] + index[d];
      std::memcpy(out + i * bytes, from + offset * bytes, bytes);
      for (size_t d = header.shape.size(); d-- > 0;) {
        if (++index[d] < header.shape[d])
          break;
        index[d] = 0;
      }
    }
  }
  if (header.bigEndian)
    for (int64_t i = 0; i < count; ++i)
      std::reverse(out + i * bytes, out + (i + 1) * bytes);
}

Expected<Array> act::tools::parseNpy(StringRef bytes, StringRef name) {
  if (!bytes.starts_with(kMagic))
    return createStringError("'" + name + "' is no .npy file: it does not "
                             "start with \\x93NUMPY; write it with numpy.save");
  auto truncated = [&](const Twine &what) {
    return createStringError("'" + name + "' is truncated: " + what +
                             "; write or copy it again");
  };
  if (bytes.size() < 10)
    return truncated("it ends within its header");
  unsigned major = uint8_t(bytes[6]);
  if (major < 1 || major > 3)
    return createStringError("'" + name + "' has .npy version " +
                             Twine(major) + "; versions 1, 2 and 3 are read");
  size_t start = major == 1 ? 10 : 12;
  if (bytes.size() < start)
    return truncated("it ends within its header");
  size_t length = major == 1
                      ? llvm::support::endian::read16le(bytes.data() + 8)
                      : llvm::support::endian::read32le(bytes.data() + 8);
  if (bytes.size() - start < length)
    return truncated("it ends within its header");
  Expected<Header> header =
      HeaderParser(bytes.substr(start, length), name).parse();
  if (!header)
    return header.takeError();
  Expected<Array> array = allocate(header->type, header->shape);
  if (!array)
    return createStringError("'" + name + "': " +
                             llvm::toString(array.takeError()));
  StringRef body = bytes.drop_front(start + length);
  size_t needed = sizeOf(header->type) * size_t(array->size());
  if (body.size() < needed)
    return truncated("it holds " + Twine(body.size()) + " of " +
                     Twine(needed) + " bytes of a " +
                     formatShape(header->shape) + " array");
  if (body.size() > needed)
    return createStringError(
        "'" + name + "' has " + Twine(body.size() - needed) +
        " bytes after its array; save one array a file with numpy.save");
  copyElements(*header, body.data(), *array);
  return array;
}

Expected<Array> act::tools::readNpy(StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(
      path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return createStringError("cannot read '" + path +
                             "': " + buffer.getError().message());
  return parseNpy((*buffer)->getBuffer(), path == "-" ? "<stdin>" : path);
}
