// The run-time of SCORM 1.2 for the lesson in the frame, and a word for plain pages that are done.
// What the lesson may read comes with the page; what it writes goes to the program that serves it.
(function () {
  "use strict";
  var start = JSON.parse(document.getElementById("start").textContent);
  var elements = start.elements, values = start.values;
  var patterns = {}, unsent = {}, state = "new", error = "0", timer = 0;
  var WORDS = {
    "0": "No error", "101": "General exception", "201": "Invalid argument error",
    "202": "Element cannot have children", "203": "Element not an array. Cannot have count",
    "301": "Not initialized", "401": "Not implemented error",
    "402": "Invalid set value, element is a keyword", "403": "Element is read only",
    "404": "Element is write only", "405": "Incorrect data type"
  };

  function answer(value, code) { error = code; return value; }

  function shape(name) { return name.replace(/\.(0|[1-9]\d{0,2})(?=\.)/g, ".n"); }

  function fits(name, value) {
    if (!patterns[name]) patterns[name] = new RegExp("^(?:" + elements[name][1] + ")$");
    return patterns[name].test(value);
  }

  // How many entries of a list there are, such as cmi.objectives.
  function count(list) {
    var most = 0, start = list + ".";
    for (var name in values) {
      if (name.indexOf(start) !== 0) continue;
      var at = parseInt(name.slice(start.length), 10);
      if (at >= most) most = at + 1;
    }
    return most;
  }

  function inOrder(name) {
    var found = /^(cmi\.(?:objectives|interactions))\.(\d+)\./.exec(name);
    return !found || parseInt(found[2], 10) <= count(found[1]);
  }

  // Sends what was not sent yet; `waits` tells whether it arrived.
  function send(waits, finished) {
    clearTimeout(timer);
    var body = JSON.stringify({ values: unsent, finished: finished });
    if (!finished && body === '{"values":{},"finished":false}') return true;
    if (waits) {
      try {
        var request = new XMLHttpRequest();
        request.open("POST", "commit", false);
        request.send(body);
        if (request.status === 200) { unsent = {}; return true; }
        if (request.status) return false;
      } catch (gone) { /* the page is being left: browsers wait for nothing then */ }
    }
    if (navigator.sendBeacon("commit", body)) { unsent = {}; return true; }
    return false;
  }

  var API = {
    LMSInitialize: function (argument) {
      if (argument !== "") return answer("false", "201");
      if (state === "running") return answer("false", "101");
      state = "running";
      return answer("true", "0");
    },
    LMSFinish: function (argument) {
      if (argument !== "") return answer("false", "201");
      if (state !== "running") return answer("false", "301");
      if (!send(true, true)) return answer("false", "101");
      state = "ended";
      return answer("true", "0");
    },
    LMSGetValue: function (name) {
      name = String(name);
      if (state !== "running") return answer("", "301");
      var whole = /^(.*)\.(_count|_children)$/.exec(name);
      if (whole && whole[2] === "_count") {
        return /^cmi\.(objectives|interactions)(\.\d+\.(objectives|correct_responses))?$/.test(whole[1])
          ? answer(String(count(whole[1])), "0") : answer("", elements[whole[1]] ? "203" : "201");
      }
      if (whole && /^cmi\.objectives\.\d+\.score$/.test(whole[1])) return answer("raw,min,max", "0");
      var element = elements[shape(name)];
      if (whole && !element) return answer("", elements[whole[1]] ? "202" : "201");
      if (!element) return answer("", name.indexOf("cmi.") === 0 ? "401" : "201");
      if (element[0] === "w") return answer("", "404");
      if (name in values) return answer(values[name], "0");
      return answer("", inOrder(name) && shape(name) === name ? "0" : "201");
    },
    LMSSetValue: function (name, value) {
      name = String(name); value = String(value);
      if (state !== "running") return answer("false", "301");
      if (/\._(count|children)$/.test(name)) return answer("false", "402");
      var element = elements[shape(name)];
      if (!element) return answer("false", name.indexOf("cmi.") === 0 ? "401" : "201");
      if (element[0] === "r") return answer("false", "403");
      if (!inOrder(name)) return answer("false", "201");
      if (name === "cmi.comments") value = (values[name] || "") + value;
      if (!fits(shape(name), value)) return answer("false", "405");
      values[name] = unsent[name] = value;
      clearTimeout(timer);
      timer = setTimeout(function () { send(false, false); }, 2000);
      return answer("true", "0");
    },
    LMSCommit: function (argument) {
      if (argument !== "") return answer("false", "201");
      if (state !== "running") return answer("false", "301");
      return send(true, false) ? answer("true", "0") : answer("false", "101");
    },
    LMSGetLastError: function () { return error; },
    LMSGetErrorString: function (code) { return WORDS[String(code)] || ""; },
    LMSGetDiagnostic: function (code) { return WORDS[String(code) || error] || ""; }
  };

  if (start.standard === "scorm12") window.API = API;
  window.addEventListener("pagehide", function () { send(false, false); });
  window.addEventListener("message", function (event) {
    if (event.origin !== location.origin || !event.data || event.data.lesson !== "done") return;
    unsent["cmi.core.lesson_status"] = "completed";
    send(true, false);
  });
})();
