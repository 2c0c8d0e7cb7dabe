package dev.thaw.collector.model;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Attributes in the order in which they came, in one array: a span has a dozen, and hash tables for
 * all spans that wait would be most of the collector's memory. Immutable.
 */
public final class Attributes extends AbstractMap<String, Object> {

  public static final Attributes NONE = new Attributes(new Object[0], 0);

  /** A key, its value, the next key, and so on. */
  private final Object[] pairs;

  /** The marks of all keys: most of what is asked for is not there, and this tells it at once. */
  private final long marks;

  private Attributes(Object[] pairs, long marks) {
    this.pairs = pairs;
    this.marks = marks;
  }

  /** One of 64 bits, by the key's hash. */
  private static long mark(@Nullable Object key) {
    return key == null ? 0 : 1L << (key.hashCode() * 0x9E3779B9 >>> 26);
  }

  @Override
  public @Nullable Object get(@Nullable Object key) {
    int at = indexOf(pairs, pairs.length, marks, key);
    return at < 0 ? null : pairs[at + 1];
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return indexOf(pairs, pairs.length, marks, key) >= 0;
  }

  private static int indexOf(Object[] pairs, int length, long marks, @Nullable Object key) {
    if ((marks & mark(key)) == 0) {
      return -1;
    }
    // Keys that come often are the same object.
    for (int i = 0; i < length; i += 2) {
      if (pairs[i] == key) {
        return i;
      }
    }
    int hash = key == null ? 0 : key.hashCode();
    for (int i = 0; i < length; i += 2) {
      if (pairs[i].hashCode() == hash && pairs[i].equals(key)) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public int size() {
    return pairs.length / 2;
  }

  @Override
  public Set<Map.Entry<String, Object>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return pairs.length / 2;
      }

      @Override
      public Iterator<Map.Entry<String, Object>> iterator() {
        return new Entries(pairs);
      }
    };
  }

  private static final class Entries implements Iterator<Map.Entry<String, Object>> {
    private final Object[] pairs;
    private int next;

    Entries(Object[] pairs) {
      this.pairs = pairs;
    }

    @Override
    public boolean hasNext() {
      return next < pairs.length;
    }

    @Override
    public Map.Entry<String, Object> next() {
      if (next >= pairs.length) {
        throw new NoSuchElementException();
      }
      next += 2;
      return Map.entry((String) pairs[next - 2], pairs[next - 1]);
    }
  }

  /** Gathers them; of two with the same key the later one counts. Not thread-safe. */
  public static final class Builder {

    /** With more of them a hash table is worth its price. */
    private static final int MOST_IN_ARRAY = 32;

    private Object[] pairs = new Object[2 * 16];
    private int length;
    private long marks;
    private @Nullable Map<String, Object> many;

    public void put(String key, Object value) {
      if (many != null) {
        many.put(key, value);
        return;
      }
      int at = indexOf(pairs, length, marks, key);
      if (at >= 0) {
        pairs[at + 1] = value;
      } else if (length == 2 * MOST_IN_ARRAY) {
        Map<String, Object> all = new LinkedHashMap<>(build());
        all.put(key, value);
        many = all;
      } else {
        if (length == pairs.length) {
          pairs = Arrays.copyOf(pairs, 2 * length);
        }
        pairs[length] = key;
        pairs[length + 1] = value;
        length += 2;
        marks |= mark(key);
      }
    }

    /** How many there are so far. */
    public int size() {
      return many != null ? many.size() : length / 2;
    }

    /** What was put since the last time. */
    public Map<String, Object> build() {
      Map<String, Object> all = many;
      if (all != null) {
        many = null;
      } else {
        all = length == 0 ? NONE : new Attributes(Arrays.copyOf(pairs, length), marks);
      }
      Arrays.fill(pairs, 0, length, null);
      length = 0;
      marks = 0;
      return all;
    }
  }
}
