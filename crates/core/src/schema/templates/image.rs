//! Pictures: shapes, keypoints, classes and words.

use super::Template;

templates! {
    "image":
    "image_classification": "Image classification", "One class a picture, with a note where it is hard.",
        ["classification", "inspection"],
        "Look at the whole picture first. Where two defects are seen, give the worse one and write the other in the note.";
    "image_tags": "Several labels a picture", "All that is true of a picture, from a short list.",
        ["classification", "photos"],
        "Pick everything that is clearly to be seen, not what can only be guessed. A picture with none of them gets Nothing of this.";
    "image_tree": "Category tree", "A path from the rough kind to the exact one.",
        ["classification", "taxonomy", "shop"],
        "Go down as far as the picture allows and always to the last level. If two branches fit, take the one that a buyer would look in.";
    "object_detection": "Object detection", "Boxes around things, with attributes.",
        ["boxes", "traffic"],
        "A box touches the outermost visible pixels on all four sides. Do not guess what is hidden. Draw everything that is at least ten pixels high.";
    "traffic": "Traffic scene", "Road users, signs and lane lines for driving.",
        ["boxes", "lines", "traffic"],
        "Boxes go around the visible part. Lane lines follow the middle of the paint, from the nearest point to the farthest. Vehicles on trailers count as one.";
    "oriented_boxes": "Boxes that turn", "Turned boxes around things seen at an angle.",
        ["boxes", "aerial"],
        "The long side of the box follows the long side of the thing. Touch the outline on all four sides.";
    "aerial": "Aerial and satellite", "Buildings, roads, water and fields from above.",
        ["polygons", "aerial", "maps"],
        "Trace the roof, not the ground floor, where the picture leans. Roads are drawn along their middle. Leave shadows out.";
    "instance_segmentation": "Every thing by itself", "A mask or polygon for every single thing.",
        ["masks", "polygons", "instances"],
        "Each thing gets its own region, also where things touch. What is hidden is not drawn; parts of one thing that something divides stay one region.";
    "semantic_segmentation": "Surfaces of a scene", "Every pixel belongs to a kind of surface.",
        ["masks", "semantic"],
        "Leave no pixel out and let no two classes overlap. Thin things that are less than three pixels wide go with what is behind them.";
    "panoptic": "Panoptic scene", "Countable things one by one, and the ground around them.",
        ["masks", "instances", "semantic"],
        "Things are drawn one by one, ground is drawn once a class. In the end every pixel belongs to exactly one region.";
    "segmentation": "Segmentation", "Polygons or masks around things.",
        ["masks", "polygons"],
        "Follow the edge within two pixels. Use holes for what is seen through a thing.";
    "body_pose": "Body pose", "Seventeen joints of a person, as in COCO.",
        ["keypoints", "people"],
        "Left and right are those of the person, not of the picture. A joint that is hidden but can be guessed is occluded; one outside the picture is absent.";
    "hand_pose": "Hand pose", "Twenty-one points of a hand.",
        ["keypoints", "hands"],
        "Points sit in the middle of the joint, tips at the end of the finger. Mark joints behind the palm as occluded.";
    "face_landmarks": "Face landmarks", "Fourteen points of a face, with a box.",
        ["keypoints", "people"],
        "Draw the box from chin to hairline and set the points in it. Faces smaller than twenty pixels get the box only.";
    "ocr": "Text in pictures", "Boxes around lines of text, with what they say.",
        ["boxes", "polygons", "reading"],
        "One region for each line. Type exactly what is there, with its mistakes; put [?] where a character cannot be read.";
    "quality_inspection": "Quality inspection", "Marks each defect of a part and decides on it.",
        ["masks", "boxes", "inspection", "industry"],
        "Look at the part from the top left to the bottom right. Mark every defect, then decide: a part with one severe defect is rejected.";
    "retail_shelf": "Retail shelf", "Products, price tags and gaps on a shelf.",
        ["boxes", "shop"],
        "One box for each facing: what stands behind does not count. A gap is an empty place at least as wide as one product.";
    "medical_lesion": "Skin lesion", "The outline of a lesion and how it looks.",
        ["masks", "medical"],
        "Trace the border where the colour reaches that of the skin around. If hair covers the border, take the likely course. This is no diagnosis.";
    "xray": "Chest x-ray", "Findings on a chest x-ray, with where they are.",
        ["boxes", "medical"],
        "Compare both sides. Put a box around each finding; tick No finding only after the whole picture has been looked at.";
    "cells": "Cells under the microscope", "Points and outlines of cells, for counting.",
        ["points", "masks", "medical"],
        "One point in the middle of each nucleus. Cells cut by the edge count on the left and the upper side only.";
    "plants": "Crops and weeds", "Crops, weeds and sick leaves in a field.",
        ["boxes", "polygons", "farming"],
        "Draw the whole plant with its leaves. A leaf is sick when a spot is larger than a fingertip.";
    "wildlife": "Wildlife camera", "What animal walked by, how many and what it did.",
        ["classification", "boxes", "nature"],
        "Count only what can be told apart. If the animal is cut by the edge it still counts.";
    "cuboids": "Cuboids", "Vehicles as boxes in space.",
        ["cuboids", "traffic"],
        "Set the front face first, clockwise from its top left, then the back face. Hidden corners are guessed from the visible edges.";
    "captioning": "Image captions", "A sentence or two that tell what is seen.",
        ["captions", "generation"],
        "Write in whole sentences what is seen, the main thing first. No guesses about names, feelings or what happened before.";
    "visual_questions": "Questions about a picture", "A question that the picture answers, with its answer.",
        ["questions", "generation"],
        "Ask what can be answered by looking only. Mark what the answer rests on with a box.";
    "image_pairs": "Picture comparison", "Two pictures side by side in one: which is better?",
        ["comparison", "generation"],
        "Compare what the task asks for first, then faults such as extra fingers or broken letters. If you would not choose, say Equal.";
    "generated_images": "Made-up pictures", "Rates a generated picture and marks its faults.",
        ["rating", "generation", "safety"],
        "Rate against the request that comes with the picture. Mark each fault where it is.";
    "moderation": "Picture moderation", "May this picture be shown, and if not, why?",
        ["safety", "classification"],
        "Judge what is shown, not what is meant. If in doubt choose Unsure: somebody else will look.";
}
