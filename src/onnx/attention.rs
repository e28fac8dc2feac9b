//! The operator `Attention` (opset 23), which tract does not have, written out in those that it has: its softmax can then be seen like
//! any other. Vaswani et al., "Attention Is All You Need", NIPS 2017, eq. 1; several queries may share a key (Ainslie et al., "GQA", 2023).

use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::{AttributeProto, GraphProto, NodeProto, TensorProto, type_proto};

use crate::describe::name_of;

/// Where its inputs and outputs stand.
const QUERY: usize = 0;
const KEY: usize = 1;
const VALUE: usize = 2;
const MASK: usize = 3;
const PAST_KEY: usize = 4;
const PAST_VALUE: usize = 5;
const LENGTHS: usize = 6;
const MADE: usize = 0;
const PRESENT_KEY: usize = 1;
const PRESENT_VALUE: usize = 2;
const SCORES: usize = 3;
/// Heads stand before places, so that a product runs over the places.
const HEADS_FIRST: [i64; 4] = [0, 2, 1, 3];

/// Writes out every `Attention` that has no lengths of its own for each row of a batch.
pub(crate) fn write_out(graph: &mut GraphProto) {
    let nodes = std::mem::take(&mut graph.node);
    for node in nodes {
        if node.op_type == "Attention" && node.domain.is_empty() && given(&node.input, LENGTHS).is_none() {
            let is_bool = given(&node.input, MASK).is_some_and(|mask| is_bool(graph, mask));
            let mut writer = Writer { scope: name_of(&node).to_owned(), graph, count: 0 };
            writer.attention(&node, is_bool);
        } else {
            graph.node.push(node);
        }
    }
}

/// A name in a list where an empty one stands for none.
fn given(names: &[String], at: usize) -> Option<&str> {
    names.get(at).map(String::as_str).filter(|name| !name.is_empty())
}

/// Whether a value says yes or no: what the file states of it, or the node that makes it.
fn is_bool(graph: &GraphProto, name: &str) -> bool {
    let bool_type = i32::from(DataType::Bool);
    let stated = graph.input.iter().chain(&graph.value_info).find(|value| value.name == name);
    if let Some(type_proto::Value::TensorType(tensor)) =
        stated.and_then(|value| value.r#type.as_ref()?.value.as_ref())
    {
        return tensor.elem_type == bool_type;
    }
    if let Some(weights) = graph.initializer.iter().find(|weights| weights.name == name) {
        return weights.data_type == bool_type;
    }
    let Some(maker) = graph.node.iter().find(|node| node.output.iter().any(|made| made == name)) else {
        return false;
    };
    match maker.op_type.as_str() {
        "Equal" | "Less" | "LessOrEqual" | "Greater" | "GreaterOrEqual" | "Not" | "And" | "Or" | "Xor" => {
            true
        }
        "Cast" => maker.attribute.iter().any(|one| one.name == "to" && one.i == i64::from(bool_type)),
        "Unsqueeze" | "Squeeze" | "Reshape" | "Expand" | "Transpose" | "Slice" | "Trilu" | "Identity" => {
            given(&maker.input, 0).is_some_and(|from| is_bool(graph, from))
        }
        _ => false,
    }
}

struct Writer<'a> {
    scope: String,
    graph: &'a mut GraphProto,
    count: usize,
}

impl Writer<'_> {
    fn name(&mut self, what: &str) -> String {
        self.count += 1;
        format!("{}/{what}_{}", self.scope, self.count)
    }

    fn write(&mut self, operator: &str, from: &[&str], attributes: Vec<AttributeProto>, made: &str) {
        let name =
            if operator == "Softmax" { format!("{}/Softmax", self.scope) } else { self.name(operator) };
        self.graph.node.push(NodeProto {
            name,
            op_type: operator.to_owned(),
            input: from.iter().map(|&one| one.to_owned()).collect(),
            output: vec![made.to_owned()],
            attribute: attributes,
            ..NodeProto::default()
        });
    }

    fn made(&mut self, operator: &str, from: &[&str], attributes: Vec<AttributeProto>) -> String {
        let made = self.name(&operator.to_lowercase());
        self.write(operator, from, attributes, &made);
        made
    }

    fn of(&mut self, operator: &str, from: &[&str]) -> String {
        self.made(operator, from, Vec::new())
    }

    fn constant(&mut self, weights: TensorProto) -> String {
        let name = self.name("constant");
        self.graph.initializer.push(TensorProto { name: name.clone(), ..weights });
        name
    }

    fn whole(&mut self, values: &[i64]) -> String {
        let (dims, data_type) = (vec![values.len() as i64], i32::from(DataType::Int64));
        self.constant(TensorProto { dims, data_type, int64_data: values.to_vec(), ..TensorProto::default() })
    }

    /// A number of the kind of another value's.
    fn number(&mut self, value: f32, like: &str) -> String {
        let data_type = i32::from(DataType::Float);
        let number =
            self.constant(TensorProto { data_type, float_data: vec![value], ..TensorProto::default() });
        self.of("CastLike", &[&number, like])
    }

    /// The sizes of a value from one axis to before another.
    fn sizes(&mut self, of: &str, from: i64, to: i64) -> String {
        let (shape, from, to) = (self.of("Shape", &[of]), self.whole(&[from]), self.whole(&[to]));
        self.of("Slice", &[&shape, &from, &to])
    }

    fn joined(&mut self, parts: &[&str], axis: i64) -> String {
        self.made("Concat", parts, vec![integer("axis", axis)])
    }

    /// [batch, places, heads × width] becomes [batch, heads, places, width]; with heads by themselves it stays.
    fn heads(&mut self, value: &str, heads: Option<i64>) -> String {
        let Some(heads) = heads else { return value.to_owned() };
        let shape = self.whole(&[0, 0, heads, -1]);
        let parted = self.of("Reshape", &[value, &shape]);
        self.made("Transpose", &[&parted], vec![integers("perm", &HEADS_FIRST)])
    }

    /// What is there before, and then the new places.
    fn after(&mut self, past: Option<&str>, new: String) -> String {
        past.map_or(new.clone(), |past| self.joined(&[past, &new], 2))
    }

    /// Queries [batch, heads, …] in groups, one for each key: [batch, keys' heads, queries of each, …].
    fn grouped(&mut self, value: &str, key: &str) -> String {
        let (first, each) = (self.whole(&[0]), self.whole(&[-1]));
        let (heads, rest) = (self.sizes(key, 1, 2), self.sizes(value, 2, 4));
        let shape = self.joined(&[&first, &heads, &each, &rest], 0);
        self.of("Reshape", &[value, &shape])
    }

    /// The product of grouped queries, or weights, with what each group shares, as [batch, heads, places, width].
    fn product(&mut self, queries: &str, shared: &str, perm: Option<&[i64]>) -> String {
        let axis = self.whole(&[2]);
        let mut each = self.of("Unsqueeze", &[shared, &axis]);
        if let Some(perm) = perm {
            each = self.made("Transpose", &[&each], vec![integers("perm", perm)]);
        }
        let groups = self.grouped(queries, shared);
        let product = self.of("MatMul", &[&groups, &each]);
        let (sides, width) = (self.sizes(queries, 0, 3), self.sizes(&product, 4, 5));
        let shape = self.joined(&[&sides, &width], 0);
        self.of("Reshape", &[&product, &shape])
    }

    /// Ones [queries, places] for each query of `scores` and each place of a key.
    fn ones(&mut self, scores: &str, key: &str) -> String {
        let (queries, places) = (self.sizes(scores, 2, 3), self.sizes(key, 2, 3));
        let shape = self.joined(&[&queries, &places], 0);
        let one = self.number(1.0, scores);
        self.of("Expand", &[&one, &shape])
    }

    /// What is added to the scores [.., queries, keys] so that no query looks at a later place; all of the past lies before it.
    fn causal(&mut self, scores: &str, past: Option<&str>, new: &str) -> String {
        let ones = self.ones(scores, new);
        let mut seen = self.made("Trilu", &[&ones], vec![integer("upper", 0)]);
        if let Some(past) = past {
            let before = self.ones(scores, past);
            seen = self.joined(&[&before, &seen], 1);
        }
        let (never, zero) = (self.number(f32::NEG_INFINITY, scores), self.number(0.0, scores));
        let is_hidden = self.of("Equal", &[&seen, &zero]);
        self.of("Where", &[&is_hidden, &never, &zero])
    }

    fn attention(&mut self, node: &NodeProto, is_bool: bool) {
        let attribute = |name: &str| node.attribute.iter().find(|one| one.name == name);
        let number = |name: &str| attribute(name).map(|one| one.i);
        let input = |at: usize| given(&node.input, at);
        let [query, key, value] = [QUERY, KEY, VALUE].map(|at| input(at).unwrap_or_default());
        let query = self.heads(query, number("q_num_heads"));
        let (key, value) =
            (self.heads(key, number("kv_num_heads")), self.heads(value, number("kv_num_heads")));
        let new = key.clone();
        let (key, value) = (self.after(input(PAST_KEY), key), self.after(input(PAST_VALUE), value));
        for (at, present) in [(PRESENT_KEY, &key), (PRESENT_VALUE, &value)] {
            if let Some(made) = given(&node.output, at) {
                self.write("Identity", &[present], Vec::new(), made);
            }
        }
        let scale = match attribute("scale") {
            Some(scale) => self.number(scale.f, &query),
            None => {
                let width = self.sizes(&query, 3, 4);
                let width = self.of("CastLike", &[&width, &query]);
                let root = self.of("Sqrt", &[&width]);
                self.of("Reciprocal", &[&root])
            }
        };
        let query = self.of("Mul", &[&query, &scale]);
        // The kinds of scores that a file may ask for, in the order in which they are made.
        let mut scores = vec![self.product(&query, &key, Some(&[0, 1, 2, 4, 3]))];
        let mut biased = scores[0].clone();
        if let Some(mask) = input(MASK) {
            biased = if is_bool {
                let (never, zero) = (self.number(f32::NEG_INFINITY, &biased), self.number(0.0, &biased));
                let mask = self.of("Where", &[mask, &zero, &never]);
                self.of("Add", &[&biased, &mask])
            } else {
                self.of("Add", &[&biased, mask])
            };
        }
        if number("is_causal") == Some(1) {
            let mask = self.causal(&biased, input(PAST_KEY), &new);
            biased = self.of("Add", &[&biased, &mask]);
        }
        scores.push(biased.clone());
        let mut capped = biased;
        if let Some(cap) = attribute("softcap").map(|one| one.f).filter(|cap| *cap > 0.0) {
            let cap = self.number(cap, &capped);
            let share = self.of("Div", &[&capped, &cap]);
            let bent = self.of("Tanh", &[&share]);
            capped = self.of("Mul", &[&bent, &cap]);
        }
        scores.push(capped.clone());
        let weights = self.made("Softmax", &[&capped], vec![integer("axis", -1)]);
        scores.push(weights.clone());
        if let Some(made) = given(&node.output, SCORES) {
            let asked = number("qk_matmul_output_mode").unwrap_or(0).clamp(0, 3) as usize;
            self.write("Identity", &[&scores[asked]], Vec::new(), made);
        }
        let looked = self.product(&weights, &value, None);
        let made = given(&node.output, MADE).unwrap_or_default();
        if number("q_num_heads").is_some() {
            let places = self.made("Transpose", &[&looked], vec![integers("perm", &HEADS_FIRST)]);
            let shape = self.whole(&[0, 0, -1]);
            self.write("Reshape", &[&places, &shape], Vec::new(), made);
        } else {
            self.write("Identity", &[&looked], Vec::new(), made);
        }
    }
}

fn integer(name: &str, value: i64) -> AttributeProto {
    AttributeProto {
        name: name.to_owned(),
        r#type: AttributeType::Int.into(),
        i: value,
        ..AttributeProto::default()
    }
}

fn integers(name: &str, values: &[i64]) -> AttributeProto {
    AttributeProto {
        name: name.to_owned(),
        r#type: AttributeType::Ints.into(),
        ints: values.to_vec(),
        ..AttributeProto::default()
    }
}
