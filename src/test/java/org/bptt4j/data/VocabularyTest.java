package org.bptt4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class VocabularyTest {
    private static final String CLEF = Character.toString(0x1D11E);

    @Test
    void idsAreInTheOrderOfTheCodePoints() {
        Vocabulary v = Vocabulary.of("b" + CLEF + "a\nb");
        assertEquals(4, v.size());
        assertArrayEquals(new int[] {2, 3, 1, 0, 2}, v.encode("b" + CLEF + "a\nb"));
        assertEquals("b" + CLEF + "a\n", v.decode(2, 3, 1, 0));
    }

    @Test
    void comesBackFromItsCharacters() {
        Vocabulary v = Vocabulary.of("zürich" + CLEF);
        assertEquals(v, Vocabulary.of(v.characters()));
    }

    @Test
    void namesAnUnknownCharacter() {
        Vocabulary v = Vocabulary.of("ab");
        String message = assertThrows(IllegalArgumentException.class, () -> v.encode("aé"))
                .getMessage();
        assertTrue(message.contains("character 2, 'é' (U+00E9)"), message);
        assertThrows(IllegalArgumentException.class, () -> Vocabulary.of(""));
    }
}
