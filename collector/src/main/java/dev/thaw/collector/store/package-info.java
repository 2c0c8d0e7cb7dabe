/**
 * Where spans are kept: a contract and the list of engines. What a store promises stands in {@link
 * dev.thaw.collector.store.Store}.
 */
@NullMarked
package dev.thaw.collector.store;

import org.jspecify.annotations.NullMarked;
