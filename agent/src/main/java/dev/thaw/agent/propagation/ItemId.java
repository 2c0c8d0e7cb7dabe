package dev.thaw.agent.propagation;

import java.util.Map;

/**
 * A name for what was written to a DynamoDB table, from the write and from the stream's record
 * alike: the only thing that the two have in common. Only text and numbers count; two equal writes
 * have one name.
 */
public final class ItemId {

  // FNV-1a, 64 bits (draft-eastlake-fnv, section 5).
  private static final long OFFSET = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private ItemId() {}

  /**
   * @param values by attribute, in the order of their names
   */
  public static String ofItem(String table, Map<String, String> values) {
    return "item:" + hash(table, values);
  }

  /**
   * @param values of the key's attributes, in the order of their names
   */
  public static String ofKey(String table, Map<String, String> values) {
    return "key:" + hash(table, values);
  }

  private static String hash(String table, Map<String, String> values) {
    long hash = add(OFFSET, table);
    for (Map.Entry<String, String> value : values.entrySet()) {
      hash = add(add(hash, value.getKey()), value.getValue());
    }
    return Long.toHexString(hash);
  }

  private static long add(long hash, String text) {
    long sum = hash;
    for (int i = 0; i < text.length(); i++) {
      sum = (sum ^ text.charAt(i)) * PRIME;
    }
    // So that «ab, c» is not «a, bc».
    return (sum ^ 0xffff) * PRIME;
  }
}
