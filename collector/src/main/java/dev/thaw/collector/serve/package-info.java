/** HTTP: the API and its OpenAPI document, the dashboard's files, health and metrics. */
@NullMarked
package dev.thaw.collector.serve;

import org.jspecify.annotations.NullMarked;
