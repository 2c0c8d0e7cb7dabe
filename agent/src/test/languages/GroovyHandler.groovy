package dev.thaw.languages

/** Dynamic: what it calls is found at run time. */
class GroovyHandler {

  def describe = { word -> "written in $word".toString() }

  String handle(Map event) {
    if (event.fail) {
      throw new IllegalStateException('asked to')
    }
    describe('Groovy')
  }
}
