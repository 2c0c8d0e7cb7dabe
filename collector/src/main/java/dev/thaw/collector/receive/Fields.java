package dev.thaw.collector.receive;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/**
 * Finds the messages in a message without making objects of what is around them: a request of some
 * megabytes is read part by part (protobuf, «Encoding»).
 */
final class Fields {

  /** Where a part is. */
  record Place(byte[] bytes, int from, int length) {

    static Place all(byte[] bytes) {
      return new Place(bytes, 0, bytes.length);
    }

    CodedInputStream in() {
      return CodedInputStream.newInstance(bytes, from, length);
    }
  }

  /** Does something with a part. */
  interface Use {
    void of(Place part) throws InvalidProtocolBufferException;
  }

  private Fields() {}

  /**
   * Each part that a message has in one of its fields, in their order; other fields are passed
   * over.
   *
   * @throws InvalidProtocolBufferException when the bytes are no message
   */
  static void each(Place message, int field, Use use) throws InvalidProtocolBufferException {
    try {
      CodedInputStream in = message.in();
      int wanted = field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == wanted) {
          int length = in.readRawVarint32();
          int from = message.from() + in.getTotalBytesRead();
          in.skipRawBytes(length);
          use.of(new Place(message.bytes(), from, length));
        } else if (!in.skipField(tag)) {
          // The end of a group that has not begun.
          throw new InvalidProtocolBufferException("it ends a group that it has not begun");
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw e;
    } catch (IOException e) {
      throw new InvalidProtocolBufferException(e);
    }
  }
}
