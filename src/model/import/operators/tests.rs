//! What is said of operators that a file uses in a way that is not known.

use prost::Message;
use prost::bytes::Bytes;

use crate::model::import::onnx::*;
use crate::model::{Model, ModelError};

/// An attribute of a node.
enum Attribute {
    Integer(i64),
    Integers(&'static [i64]),
    Text(&'static str),
}

/// An input of a node.
enum Input {
    /// It is left out.
    Missing,
    /// An input of the graph, of this shape.
    Open(&'static [i64]),
    /// Zeros of this shape.
    Zeros(&'static [i64]),
    /// A list of whole numbers.
    Known(&'static [i64]),
}

use Attribute::{Integer, Integers, Text};
use Input::{Known, Missing, Open, Zeros};

fn attribute((name, value): &(&str, Attribute)) -> AttributeProto {
    let mut made = AttributeProto { name: (*name).to_owned(), ..AttributeProto::default() };
    match value {
        Integer(number) => made.i = *number,
        Integers(numbers) => made.ints = numbers.to_vec(),
        Text(text) => made.s = Bytes::from_static(text.as_bytes()),
    }
    made
}

/// A file of one node.
fn file(operator: &str, attributes: &[(&str, Attribute)], inputs: &[Input], outputs: usize) -> Vec<u8> {
    let mut graph = GraphProto::default();
    let mut node = NodeProto { op_type: operator.to_owned(), ..NodeProto::default() };
    node.attribute = attributes.iter().map(attribute).collect();
    for (i, input) in inputs.iter().enumerate() {
        let name = format!("i{i}");
        let constant = TensorProto { name: name.clone(), ..TensorProto::default() };
        match input {
            Missing => {
                node.input.push(String::new());
                continue;
            }
            Open(shape) => {
                let known = |size: &i64| Dimension { value: Some(DimensionValue::Known(*size)) };
                let shape = Some(TensorShapeProto { dim: shape.iter().map(known).collect() });
                let tensor_type = Some(TensorTypeProto { elem_type: element::F32, shape });
                let r#type = Some(TypeProto { tensor_type });
                graph.input.push(ValueInfoProto { name: name.clone(), r#type });
            }
            Zeros(shape) => graph.initializer.push(TensorProto {
                dims: shape.to_vec(),
                data_type: element::F32,
                float_data: vec![0.0; shape.iter().product::<i64>() as usize],
                ..constant
            }),
            Known(numbers) => graph.initializer.push(TensorProto {
                dims: vec![numbers.len() as i64],
                data_type: element::I64,
                int64_data: numbers.to_vec(),
                ..constant
            }),
        }
        node.input.push(name);
    }
    node.output = (0..outputs).map(|i| format!("o{i}")).collect();
    graph.output = vec![ValueInfoProto { name: "o0".to_owned(), r#type: None }];
    graph.node.push(node);
    let opset_import = vec![OperatorSetIdProto { domain: String::new(), version: 17 }];
    ModelProto { graph: Some(graph), opset_import, ..ModelProto::default() }.encode_to_vec()
}

/// An operator, its attributes, its inputs, how many outputs it has, and what is said of it.
type Case = (&'static str, Vec<(&'static str, Attribute)>, Vec<Input>, usize, &'static str);

#[test]
fn what_does_not_run_is_refused_by_name() {
    const PICTURE: Input = Open(&[1, 3, 8, 8]);
    const KERNEL: Input = Zeros(&[4, 3, 3, 3]);
    let cases: Vec<Case> = vec![
        ("Conv", vec![("auto_pad", Text("SAME_UPPER"))], vec![PICTURE, KERNEL], 1, "the padding SAME_UPPER"),
        ("Conv", vec![], vec![PICTURE, Zeros(&[4, 2, 3, 3])], 1, "for 2 channels meets 3"),
        ("Conv", vec![], vec![PICTURE, Zeros(&[4, 3, 3])], 1, "[4, 3, 3] on [1, 3, 8, 8]"),
        ("Conv", vec![("group", Integer(0))], vec![PICTURE, KERNEL], 1, "0 groups"),
        ("Conv", vec![("strides", Integers(&[0, 1]))], vec![PICTURE, KERNEL], 1, "strides"),
        ("Conv", vec![("strides", Integers(&[2]))], vec![PICTURE, KERNEL], 1, "strides"),
        ("Conv", vec![("pads", Integers(&[1, 1]))], vec![PICTURE, KERNEL], 1, "2 pads are not 4"),
        ("Conv", vec![], vec![PICTURE], 1, "its input 1 is missing"),
        ("Conv", vec![], vec![Missing, KERNEL], 1, "its input 0 is missing"),
        ("MaxPool", vec![], vec![PICTURE], 1, "it has no kernel_shape"),
        ("MaxPool", vec![("kernel_shape", Integers(&[0, 2]))], vec![PICTURE], 1, "kernel_shape"),
        ("Mod", vec![("fmod", Integer(1))], vec![PICTURE, PICTURE], 1, "only fmod = 0"),
        ("Concat", vec![("axis", Integer(7))], vec![PICTURE, PICTURE], 1, "there is no axis 7 of 4"),
        ("Transpose", vec![("perm", Integers(&[0, 0, 1, 2]))], vec![PICTURE], 1, "is no order of 4 axes"),
        ("Reshape", vec![], vec![PICTURE, Known(&[7, -1])], 1, "cannot become"),
        ("Reshape", vec![], vec![PICTURE, Open(&[2])], 1, "its input 1 is not constant"),
        ("Slice", vec![], vec![PICTURE, Known(&[0]), Known(&[4]), Known(&[2]), Known(&[2])], 1, "steps of 1"),
        ("Slice", vec![], vec![PICTURE, Known(&[5]), Known(&[4]), Known(&[2])], 1, "it takes nothing"),
        ("Split", vec![], vec![PICTURE, Known(&[1, 1])], 2, "its parts [1, 1] do not make 1"),
        ("Gemm", vec![], vec![PICTURE, Zeros(&[8, 8])], 1, "it multiplies matrices only"),
        (
            "Resize",
            vec![("mode", Text("linear")), ("exclude_outside", Integer(1))],
            vec![PICTURE],
            1,
            "exclude_outside",
        ),
        ("Gemm", vec![], vec![Open(&[2, 3]), Zeros(&[4, 5])], 1, "do not multiply"),
        ("MatMul", vec![], vec![Open(&[2, 3]), Zeros(&[4, 5])], 1, "do not multiply"),
        ("MatMul", vec![], vec![Open(&[2, 2, 3]), Zeros(&[3, 3, 5])], 1, "do not multiply"),
        ("Gather", vec![], vec![Zeros(&[3]), Known(&[7])], 1, "there is no place 7 of 3"),
        ("MaxPool", vec![("kernel_shape", Integers(&[9, 9]))], vec![PICTURE], 1, "does not fit into 8"),
        ("Conv", vec![("pads", Integers(&[0, 0, 9999, 0]))], vec![PICTURE, KERNEL], 1, "are too many"),
        ("Conv", vec![], vec![PICTURE, KERNEL, Zeros(&[3])], 1, "its bias [3] is not one number a channel"),
        ("Mod", vec![], vec![Known(&[5]), Known(&[0])], 1, "above zero only"),
        ("Resize", vec![("mode", Text("linear"))], vec![PICTURE, Missing, Zeros(&[4])], 1, "makes nothing"),
        ("Concat", vec![("axis", Integer(1))], vec![PICTURE, Open(&[1, 3, 4, 8])], 1, "does not go on"),
        ("Squeeze", vec![], vec![PICTURE, Known(&[1])], 1, "is no axis of one"),
        ("Unsqueeze", vec![], vec![PICTURE, Known(&[0, 0])], 1, "names an axis twice"),
        ("Where", vec![], vec![PICTURE, PICTURE, PICTURE], 1, "truth values"),
        ("Add", vec![], vec![Open(&[4096, 1]), Open(&[1, 8192])], 1, "is too large"),
        ("MatMul", vec![], vec![Open(&[3000, 3000]), Open(&[3000, 3000])], 1, "it takes too long"),
        ("Cast", vec![("to", Integer(9))], vec![PICTURE], 1, "numbers of type 9"),
        ("Constant", vec![], vec![], 1, "it holds no tensor"),
        ("Relu", vec![], vec![PICTURE], 2, "makes only 1"),
    ];
    for (operator, attributes, inputs, outputs, wanted) in cases {
        let bytes = file(operator, &attributes, &inputs, outputs);
        let Some(ModelError::Unreadable { why, .. }) = Model::new("case", &bytes).err() else {
            panic!("{operator} is not refused: {wanted}");
        };
        assert!(why.contains(wanted), "{operator}: {why:?}, not {wanted:?}");
        assert!(why.contains(&format!("the node o0 ({operator})")), "{operator}: {why:?}");
    }
}

#[test]
fn reading_takes_as_long_as_there_are_nodes() {
    let mut proto = ModelProto::read(Bytes::from(file("Relu", &[], &[Open(&[2])], 1))).expect("a file");
    let graph = proto.graph.as_mut().expect("a graph");
    let mut from = graph.node[0].output[0].clone();
    for i in 0..20_000 {
        let name = format!("n{i}");
        let node = NodeProto {
            op_type: "Neg".to_owned(),
            input: vec![std::mem::replace(&mut from, name.clone())],
            output: vec![name],
            ..NodeProto::default()
        };
        graph.node.push(node);
    }
    graph.output[0].name = from;
    let begun = std::time::Instant::now();
    let model = Model::new("a chain", &proto.encode_to_vec()).expect("a model");
    assert!(begun.elapsed().as_secs() < 10, "it took {:?}", begun.elapsed());
    let input = model.tensor("i0", &[3.0, -3.0]).expect("two numbers");
    assert_eq!(model.run(&[("i0", &input)]).expect("runs")["n19999"].values(), [3.0, 0.0]);
}
