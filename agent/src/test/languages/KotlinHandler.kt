package dev.thaw.languages

import com.amazonaws.services.lambda.runtime.Context
import com.amazonaws.services.lambda.runtime.RequestHandler

/** Kotlin's types over Lambda's own interface, with a closure and a default argument. */
class KotlinHandler : RequestHandler<Map<String, Any>, String> {

  private val answer = { word: String -> describe(word) }

  override fun handleRequest(event: Map<String, Any>, context: Context): String {
    check(!event.containsKey("fail")) { "asked to" }
    return answer("Kotlin")
  }

  private fun describe(word: String, prefix: String = "written in ") = prefix + word
}
