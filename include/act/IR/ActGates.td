//===- ActGates.td - Functions of a gate ------------------*- tablegen -*-===//
//
// Rows of the table of ActFunctions.td: g is the gate, u what it multiplies,
// scale a factor of each row, such as a router's probability. The clamps of
// swiglu_oai, swiglu_clamp and swiglu_step have slope 1 at both ends, as in
// the programs that they come from.
//
//===----------------------------------------------------------------------===//

class Gate<string name, string formula, string summary>
    : ActFunction<name, formula> {
  let Inputs = "g;u";
  let Summary = summary;
}

class ScaledGate<string name, string formula, string summary>
    : ActFunction<name, formula> {
  let Inputs = "g;u;scale";
  let Summary = summary;
}

def Glu : Gate<"glu", "sigmoid(g) * u", "Gated linear unit."> {
  let Year = "2016";
  let Cites = "Dauphin et al. 2016, arXiv:1612.08083";
}

def Bilinear : Gate<"bilinear", "g * u", "Gate without a function."> {
  let Year = "2020";
  let Cites = "Shazeer 2020, arXiv:2002.05202";
}

def Reglu : Gate<"reglu", "relu(g) * u", "relu gate."> {
  let Year = "2020";
  let Cites = "Shazeer 2020, arXiv:2002.05202";
}

def Sreglu : Gate<"sreglu", "relu(g)^2 * u", "Squared relu gate.">;

def Geglu : Gate<"geglu", "gelu(g) * u", "gelu gate; the exact (erf) form."> {
  let Year = "2020";
  let Cites = "Shazeer 2020, arXiv:2002.05202";
}

def GegluTanh : Gate<"geglu_tanh", "gelu_tanh(g) * u", "gelu_tanh gate."> {
  let Year = "2020";
  let Cites = "Shazeer 2020, arXiv:2002.05202";
  let UsedIn = "T5 v1.1, Gemma";
}

def Qgeglu : Gate<"qgeglu", "quick_gelu(g) * u", "quick_gelu gate."> {
  let Aliases = "geglu_quick";
}

def Swiglu : Gate<"swiglu", "silu(g) * u", "silu gate."> {
  let Year = "2020";
  let Cites = "Shazeer 2020, arXiv:2002.05202";
  let UsedIn = "LLaMA, Mistral, Qwen";
}

def SwigluOai : Gate<"swiglu_oai",
    "let c = min(limit, g); "
    "c * sigmoid(alpha * c) * (clamp(u, -limit, limit) + 1)",
    "swish gate with limits; what it lets through is raised by 1."> {
  let Params = "alpha=1.702;limit=7";
  let Year = "2025";
  let Cites = "OpenAI 2025, arXiv:2508.10925";
  let UsedIn = "gpt-oss";
}

def SwigluClamp : Gate<"swiglu_clamp",
    "silu(min(limit, g)) * clamp(u, -limit, limit)",
    "silu gate with limited inputs."> {
  let Params = "limit=10";
}

def SwigluStep : Gate<"swiglu_step",
    "min(limit, silu(g)) * clamp(u, -limit, limit)",
    "silu gate that is limited after silu."> {
  let Params = "limit=7";
}

def Situglu : Gate<"situglu",
    "beta1 * tanh(g / beta1) * sigmoid(g) * beta2 * tanh(u / beta2)",
    "Gate of two softly bounded inputs."> {
  let Params = "beta1=4;beta2=25";
}

def GateMultiplier : Gate<"gate_multiplier", "silu(m * g) * u",
    "silu gate whose input is scaled."> {
  let Params = "m=1";
}

def ScaledSwiglu : ScaledGate<"scaled_swiglu", "silu(g) * u * scale",
    "swiglu times a scale.">;

def ScaledGeglu : ScaledGate<"scaled_geglu", "gelu(g) * u * scale",
    "geglu times a scale.">;

def ScaledSreglu : ScaledGate<"scaled_sreglu", "relu(g)^2 * u * scale",
    "sreglu times a scale.">;

def ScaledSwigluOai : ScaledGate<"scaled_swiglu_oai",
    "let c = min(limit, g); "
    "c * sigmoid(alpha * c) * (clamp(u, -limit, limit) + 1) * scale",
    "swiglu_oai times a scale."> {
  let Params = "alpha=1.702;limit=7";
}
