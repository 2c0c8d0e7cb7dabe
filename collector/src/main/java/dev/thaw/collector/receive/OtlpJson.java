package dev.thaw.collector.receive;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.io.IOException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads OTLP's own JSON into its protobuf messages (OTLP specification, «JSON Protobuf Encoding»):
 * keys in lowerCamelCase, trace and span ids in hex of either case, enums as integers only, 64-bit
 * numbers as text or number, unknown fields ignored.
 */
final class OtlpJson {

  private static final Set<String> HEX = Set.of("trace_id", "span_id", "parent_span_id");

  /** As deep as protobuf itself reads, with something to spare. */
  private static final int DEEPEST = 90;

  private static final JsonFactory JSON = new JsonFactory();

  private OtlpJson() {}

  /**
   * @throws IOException when the text is not JSON, or not of that message; says where
   */
  static byte[] toProtobuf(byte[] text, Message.Builder into) throws IOException {
    try (JsonParser parser = JSON.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw wrong(parser, "an object is expected");
      }
      read(parser, into, 0);
      if (parser.nextToken() != null) {
        throw wrong(parser, "something follows the end");
      }
      return into.build().toByteArray();
    }
  }

  private static void read(JsonParser parser, Message.Builder into, int depth) throws IOException {
    if (depth > DEEPEST) {
      throw wrong(parser, "it is nested deeper than " + DEEPEST);
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      FieldDescriptor field = field(into, parser.currentName());
      JsonToken value = parser.nextToken();
      if (field == null || value == JsonToken.VALUE_NULL) {
        parser.skipChildren();
      } else if (field.isRepeated()) {
        if (value != JsonToken.START_ARRAY) {
          throw wrong(parser, field.getJsonName() + " must be an array");
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          into.addRepeatedField(field, value(parser, field, into, depth));
        }
      } else {
        into.setField(field, value(parser, field, into, depth));
      }
    }
  }

  private static @Nullable FieldDescriptor field(Message.Builder message, String jsonName) {
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (field.getJsonName().equals(jsonName)) {
        return field;
      }
    }
    return null;
  }

  private static Object value(
      JsonParser parser, FieldDescriptor field, Message.Builder of, int depth) throws IOException {
    return switch (field.getJavaType()) {
      case MESSAGE -> {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
          throw wrong(parser, field.getJsonName() + " must be an object");
        }
        Message.Builder inner = of.newBuilderForField(field);
        read(parser, inner, depth + 1);
        yield inner.build();
      }
      case STRING -> {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
          throw wrong(parser, field.getJsonName() + " must be text");
        }
        yield parser.getText();
      }
      case BYTE_STRING -> bytes(parser, field);
      case BOOLEAN -> {
        if (!parser.currentToken().isBoolean()) {
          throw wrong(parser, field.getJsonName() + " must be true or false");
        }
        yield parser.getBooleanValue();
      }
      case LONG -> number(parser, field);
      case INT -> (int) number(parser, field);
      case DOUBLE -> decimal(parser, field);
      case FLOAT -> (float) decimal(parser, field);
      case ENUM -> {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
          throw wrong(parser, field.getJsonName() + " must be the number of its value");
        }
        yield field.getEnumType().findValueByNumberCreatingIfUnknown(parser.getIntValue());
      }
    };
  }

  private static ByteString bytes(JsonParser parser, FieldDescriptor field) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw wrong(parser, field.getJsonName() + " must be text");
    }
    String text = parser.getText();
    boolean isHex = HEX.contains(field.getName());
    try {
      return ByteString.copyFrom(
          isHex ? HexFormat.of().parseHex(text) : Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw wrong(parser, field.getJsonName() + " must be " + (isHex ? "hex" : "Base64"));
    }
  }

  /** Also above the range of a signed number: protobuf keeps fixed64 in a signed one. */
  private static long number(JsonParser parser, FieldDescriptor field) throws IOException {
    JsonToken token = parser.currentToken();
    try {
      if (token == JsonToken.VALUE_NUMBER_INT) {
        return integer(parser.getBigIntegerValue());
      }
      if (token == JsonToken.VALUE_STRING && parser.getTextLength() <= 20) {
        return integer(new java.math.BigInteger(parser.getText()));
      }
      if (token == JsonToken.VALUE_NUMBER_FLOAT) {
        return parser.getDecimalValue().longValueExact();
      }
    } catch (NumberFormatException | ArithmeticException e) {
      // Said below.
    }
    throw wrong(parser, field.getJsonName() + " must be a whole number of 64 bits");
  }

  private static long integer(java.math.BigInteger number) {
    if (number.bitLength() > 64 || number.signum() < 0 && number.bitLength() > 63) {
      throw new ArithmeticException();
    }
    return number.longValue();
  }

  private static double decimal(JsonParser parser, FieldDescriptor field) throws IOException {
    if (parser.currentToken().isNumeric()) {
      return parser.getDoubleValue();
    }
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      String text = parser.getText();
      try {
        // NaN and Infinity are ProtoJSON's words for them, and Java's.
        return Double.parseDouble(text);
      } catch (NumberFormatException e) {
        // Said below.
      }
    }
    throw wrong(parser, field.getJsonName() + " must be a number");
  }

  private static IOException wrong(JsonParser parser, String what) {
    return new IOException(
        what
            + " (line "
            + parser.currentLocation().getLineNr()
            + ", column "
            + parser.currentLocation().getColumnNr()
            + ")");
  }
}
